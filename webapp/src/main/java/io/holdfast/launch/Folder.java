// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A folder that lives as long as the process. A file in it marks it as a folder of Holdfast, and is locked while the process lives. A
 * process id would not be enough, because containers that share a temporary folder may have equal process ids.
 */
final class Folder {
    private static final String PREFIX = "holdfast-";
    private static final String MARK = "holdfast.lock";

    private final Path path;

    @SuppressWarnings({"unused", "FieldCanBeLocal"}) // holds the lock
    private final FileChannel lock;

    private Folder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    static Folder create(Path parent) throws IOException {
        Path path = Files.createTempDirectory(parent, PREFIX);
        Path unmarked = path.resolve(MARK + ".new");
        FileChannel lock = FileChannel.open(unmarked, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        // Where nothing can be locked nobody can take the lock either, and so nobody removes the folder.
        if (isTaken(lock)) Files.move(unmarked, path.resolve(MARK), StandardCopyOption.ATOMIC_MOVE);
        return new Folder(path, lock);
    }

    /** Removes the folders of processes that were killed; what cannot be removed stays. */
    static void removeLeftovers(Path parent) {
        try (Stream<Path> all = Files.list(parent)) {
            all.filter(Folder::isLeftover).forEach(Folder::delete);
        } catch (IOException | UncheckedIOException e) {
            // The next start tries again.
        }
    }

    private static boolean isLeftover(Path path) {
        if (!String.valueOf(path.getFileName()).startsWith(PREFIX)) return false;
        Path mark = path.resolve(MARK);
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                || !Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)) return false;
        try (FileChannel lock = FileChannel.open(mark, StandardOpenOption.WRITE)) {
            return isTaken(lock);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isTaken(FileChannel lock) {
        try {
            return lock.tryLock() != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    Path path() {
        return path;
    }

    void delete() {
        delete(path);
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // The next start tries again.
        }
    }
}
