// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A text file that may change. Every look at it may block.
 *
 * @param path where it is; what a symbolic link leads to is looked at
 */
record WatchedFile(Path path) {
    private static final int LONGEST = 16 << 20;

    /**
     * What tells two states of a file apart without reading it.
     *
     * @param modified when it was written
     * @param size in bytes
     * @param key which file it is; null where the file system does not say
     */
    record Stamp(FileTime modified, long size, @Nullable Object key) {}

    /** Its present state; empty if there is no such file, or none that may be looked at. */
    Optional<Stamp> stamp() {
        try {
            BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
            return Optional.of(new Stamp(found.lastModifiedTime(), found.size(), found.fileKey()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Its lines.
     *
     * @throws IOException whose message ends the sentence that begins with the name of the file
     */
    List<String> lines() throws IOException {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes()).toString();
            return (text.startsWith("\uFEFF") ? text.substring(1) : text)
                    .lines()
                    .toList();
        } catch (NoSuchFileException e) {
            throw new IOException("does not exist", e);
        } catch (AccessDeniedException e) {
            throw new IOException("may not be read", e);
        } catch (CharacterCodingException e) {
            throw new IOException("is not text in UTF-8", e);
        }
    }

    private ByteBuffer bytes() throws IOException {
        // Anything else may never end, or never begin.
        if (Files.exists(path) && !Files.isRegularFile(path)) throw new IOException("is not a file");
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) throw new IOException("is longer than 16 MiB");
            return ByteBuffer.wrap(bytes);
        }
    }
}
