// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which folders the next start removes. */
class FolderTest {
    @TempDir
    private Path temporary = Path.of("");

    private Path foreign(String name, String... files) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve(name));
        for (String file : files) Files.writeString(folder.resolve(file), "content");
        return folder;
    }

    private Set<String> left() throws IOException {
        try (Stream<Path> all = Files.list(temporary)) {
            return all.map(path -> path.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void aForeignFileOrFolderIsNotRemoved() throws IOException {
        foreign("holdfast-20240131-backup", "important");
        foreign("holdfast-1-2", "holdfast.lock.new");
        foreign("other", "holdfast.lock");
        Files.writeString(temporary.resolve("holdfast-3"), "a file");
        Files.createSymbolicLink(temporary.resolve("holdfast-link"), temporary.resolve("other"));
        Set<String> before = left();

        Folder.removeLeftovers(temporary);

        assertEquals(before, left());
        assertTrue(Files.exists(temporary.resolve("other").resolve("holdfast.lock")));
    }

    @Test
    void theFolderOfAProcessThatLivesStaysAndThatOfADeadOneGoes() throws IOException {
        Folder living = Folder.create(temporary);
        Path dead = foreign("holdfast-4", "holdfast.lock", "classes.jar");
        Files.writeString(Files.createDirectory(dead.resolve("lib")).resolve("a.jar"), "content");

        Folder.removeLeftovers(temporary);

        assertEquals(Set.of(String.valueOf(living.path().getFileName())), left());
        living.delete();
        assertEquals(Set.of(), left());
    }

    @Test
    void aFolderForTemporaryFilesThatCannotBeReadHasNoLeftovers() {
        Folder.removeLeftovers(temporary.resolve("absent"));
    }
}
