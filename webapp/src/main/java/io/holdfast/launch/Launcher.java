// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** Unpacks the archive's libraries into a folder that goes with the process, and runs the standalone server on them. */
public final class Launcher {
    private static final String FOLDER = "holdfast-";
    /** Left out: the standalone run has nothing to inject, and Weld would take hold of the server's listeners. */
    private static final String CDI = "WEB-INF/lib/weld-";

    private static final String MAIN = "io.holdfast.boot.Standalone";

    private Launcher() {}

    public static void main(String[] arguments) throws Exception {
        Path archive = archive();
        removeLeftovers();
        Path folder = Files.createTempDirectory(FOLDER + ProcessHandle.current().pid() + "-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), "holdfast-clean-up"));
        List<URL> path = unpack(archive, folder);
        @SuppressWarnings("resource") // as long as the process
        URLClassLoader loader = new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        try {
            loader.loadClass(MAIN).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            // Threads of the server may be running already, so falling off the end would not be one.
            e.printStackTrace();
            System.exit(1);
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

    private static List<URL> unpack(Path archive, Path folder) throws IOException {
        List<URL> path = new ArrayList<>();
        // A folder's URL ends with a slash, as a class loader needs it, only once the folder is there.
        path.add(Files.createDirectories(folder.resolve("classes")).toUri().toURL());
        try (JarFile jar = new JarFile(archive.toFile())) {
            for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                String name = entry.getName();
                if (entry.isDirectory() || !name.startsWith("WEB-INF/")) continue;
                Path target =
                        folder.resolve(name.substring("WEB-INF/".length())).normalize();
                if (!target.startsWith(folder))
                    throw new IOException("The archive names a file outside itself: " + name);
                if (name.startsWith("WEB-INF/classes/")) write(jar, entry, target);
                if (name.startsWith("WEB-INF/lib") && name.endsWith(".jar") && !name.startsWith(CDI)) {
                    write(jar, entry, target);
                    path.add(target.toUri().toURL());
                }
            }
        }
        return path;
    }

    private static void write(JarFile jar, JarEntry entry, Path target) throws IOException {
        Path parent = target.getParent();
        if (parent != null) Files.createDirectories(parent);
        try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, target);
        }
    }

    /** Removes the folders of processes that were killed. */
    private static void removeLeftovers() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try (Stream<Path> folders = Files.list(temporary)) {
            folders.filter(Launcher::isLeftover).forEach(Launcher::delete);
        }
    }

    private static boolean isLeftover(Path folder) {
        String[] parts = String.valueOf(folder.getFileName()).split("-", 3);
        if (parts.length != 3 || !(parts[0] + "-").equals(FOLDER) || !parts[1].matches("\\d{1,18}")) return false;
        return ProcessHandle.of(Long.parseLong(parts[1])).isEmpty();
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // The next start tries again.
        }
    }
}
