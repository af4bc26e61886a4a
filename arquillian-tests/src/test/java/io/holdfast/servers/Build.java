// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The files and folders of the build. */
final class Build {
    private static final Path TARGET = Path.of(System.getProperty("servers.target"));

    private Build() {}

    /** The web archive, unchanged. */
    static Path war() {
        return TARGET.resolve("archives/holdfast.war");
    }

    /** The enterprise archive, unchanged. */
    static Path ear() {
        return TARGET.resolve("archives/holdfast.ear");
    }

    /** The connector that goes with the settings for Tomcat. */
    static Path tomcatConnector() {
        return TARGET.resolve("archives/holdfast-tomcat-connector.jar");
    }

    /** The folder that the command lines of our servers name. */
    static Path target() {
        return TARGET;
    }

    /** The folder of a server that runs under that name. */
    static Path run(String name) {
        return TARGET.resolve("run").resolve(name);
    }

    /** The server that was unpacked, by the beginning of its folder's name. */
    static Path server(String prefix) {
        try (Stream<Path> folders = Files.list(TARGET.resolve("servers"))) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The root of the repository, where the shipped settings are. */
    static Path repository() {
        return TARGET.resolve("../..").normalize();
    }

    /** Makes a fresh copy of a folder. Scripts stay executable. */
    static Path copy(Path from, Path to) throws IOException {
        delete(to);
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) Files.createDirectories(target);
                else Files.copy(path, target);
                if (path.toString().endsWith(".sh")) target.toFile().setExecutable(true);
            }
        }
        return to;
    }

    /** Replaces the first text of each pair in the file by the second. Each first text must be there. */
    static void edit(Path file, String... pairs) throws IOException {
        String text = Files.readString(file);
        for (int i = 0; i < pairs.length; i += 2) {
            if (!text.contains(pairs[i])) throw new IllegalStateException(file + " has no " + pairs[i]);
            text = text.replace(pairs[i], pairs[i + 1]);
        }
        Files.writeString(file, text);
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) Files.delete(path);
        }
    }
}
