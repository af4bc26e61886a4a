// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** Bodies in the codings of HTTP. */
public final class Compressed {
    private Compressed() {}

    /** The text by gzip. */
    public static byte[] gzip(String text) {
        return gzip(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes by gzip. */
    public static byte[] gzip(byte[] bytes) {
        return by(bytes, GZIPOutputStream::new);
    }

    /** The bytes by deflate; some programs leave out the frame of zlib. */
    public static byte[] deflate(byte[] bytes, boolean bare) {
        return by(bytes, out -> new DeflaterOutputStream(out, new Deflater(Deflater.DEFAULT_COMPRESSION, bare)));
    }

    private interface Opening {
        OutputStream on(OutputStream out) throws IOException;
    }

    private static byte[] by(byte[] bytes, Opening opening) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (OutputStream out = opening.on(all)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toByteArray();
    }
}
