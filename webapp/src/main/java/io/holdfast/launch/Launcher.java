// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Unpacks the archive's libraries into a folder that lives as long as the process, and runs the standalone server on them. One shutdown
 * hook does all the work at the end, in order. It deletes the folder last, because stopping needs classes too.
 */
public final class Launcher {
    /** Left out: the standalone run has nothing to inject, and Weld would take hold of the server's listeners. */
    private static final String CDI = "WEB-INF/lib/weld-";

    private static final String CLASSES = "WEB-INF/classes/";
    private static final String MAIN = "io.holdfast.boot.Standalone";

    private static volatile Runnable stop = () -> {};

    private Launcher() {}

    public static void main(String[] arguments) throws Exception {
        chooseLogManager();
        Path archive = archive(), temporary = Path.of(System.getProperty("java.io.tmpdir"));
        URLClassLoader loader;
        try {
            loader = unpacked(archive, temporary);
        } catch (IOException e) {
            System.err.println(noRoom(archive, temporary, e));
            System.exit(2);
            return;
        }
        Thread.currentThread().setContextClassLoader(loader);
        try {
            Object code = loader.loadClass(MAIN)
                    .getMethod("run", String[].class, Consumer.class)
                    .invoke(null, arguments, (Consumer<Runnable>) Launcher::atTheEnd);
            System.exit((Integer) code);
        } catch (InvocationTargetException e) {
            // Threads of the server may be running already, so falling off the end would not be one.
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static URLClassLoader unpacked(Path archive, Path temporary) throws IOException {
        Folder.removeLeftovers(temporary);
        Folder folder = Folder.create(temporary);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(folder), "holdfast-end"));
        return loader(unpack(archive, folder.path()));
    }

    private static String noRoom(Path archive, Path temporary, IOException why) {
        String reason = why instanceof NoSuchFileException ? "there is no such folder" : why.getMessage();
        return "Holdfast cannot unpack its libraries (" + (archive.toFile().length() >> 20) + " MiB) into " + temporary
                + ", where "
                + (temporary.toFile().getUsableSpace() >> 20) + " MiB are free: " + reason
                + ". Make room there, or name another folder with -Djava.io.tmpdir=FOLDER before -jar.";
    }

    /** The name alone: to call that class would first make the JDK's own manager. */
    private static void chooseLogManager() {
        String property = "java.util.logging.manager";
        if (System.getProperty(property) == null) System.setProperty(property, LogUntilTheEnd.class.getName());
    }

    private static void atTheEnd(Runnable task) {
        stop = task;
    }

    private static void end(Folder folder) {
        try {
            stop.run();
        } finally {
            LogUntilTheEnd.close();
            folder.delete();
        }
    }

    private static Path archive() throws URISyntaxException {
        URI location = Launcher.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        return Path.of(location);
    }

    /** A loader that has opened all its files: a process that has no more of them to open still finds its classes. */
    private static URLClassLoader loader(List<URL> path) {
        URLClassLoader loader = new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        // To know that there is no such thing, it has to look everywhere.
        loader.findResource("io/holdfast/launch/nothing");
        return loader;
    }

    private static List<URL> unpack(Path archive, Path folder) throws IOException {
        List<URL> path = new ArrayList<>();
        Path classes = folder.resolve("classes.jar");
        path.add(classes.toUri().toURL());
        try (JarFile jar = new JarFile(archive.toFile());
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(classes), jar.getManifest())) {
            out.setLevel(0);
            for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                String name = entry.getName();
                if (entry.isDirectory()) continue;
                if (name.startsWith(CLASSES)) {
                    out.putNextEntry(new JarEntry(name.substring(CLASSES.length())));
                    copy(jar, entry, out);
                }
                if (name.startsWith("WEB-INF/lib") && name.endsWith(".jar") && !name.startsWith(CDI))
                    path.add(unpack(jar, entry, folder));
            }
        }
        return path;
    }

    private static URL unpack(JarFile jar, JarEntry entry, Path folder) throws IOException {
        Path target =
                folder.resolve(entry.getName().substring("WEB-INF/".length())).normalize();
        if (!target.startsWith(folder))
            throw new IOException("The archive names a file outside itself: " + entry.getName());
        Path parent = target.getParent();
        if (parent != null) Files.createDirectories(parent);
        try (OutputStream out = Files.newOutputStream(target)) {
            copy(jar, entry, out);
        }
        return target.toUri().toURL();
    }

    private static void copy(JarFile jar, JarEntry entry, OutputStream out) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            in.transferTo(out);
        }
    }
}
