// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

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
 * A text file that may change. Every access to it may block.
 *
 * @param path its path; symbolic links are followed
 */
record WatchedFile(Path path) {
    private static final int LONGEST = 16 << 20;

    /**
     * A stamp that distinguishes two states of a file without reading it.
     *
     * @param modified the time of the last change
     * @param size the size in bytes
     * @param key the identity of the file; null if the file system has none
     */
    record Stamp(FileTime modified, long size, @Nullable Object key) {}

    /** Its present state; empty if the file does not exist or cannot be accessed. */
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
     * @throws IOException with a message that completes a sentence beginning with the name of the file
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
        // Reading anything else, such as a pipe, might never end.
        if (Files.exists(path) && !Files.isRegularFile(path)) throw new IOException("is not a file");
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) throw new IOException("is longer than 16 MiB");
            return ByteBuffer.wrap(bytes);
        }
    }
}
