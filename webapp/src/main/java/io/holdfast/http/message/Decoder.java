// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/** Undoes one coding of a body. Takes room for each piece before it keeps the piece. The whole body must be in that coding. */
final class Decoder {
    private static final int PIECE = 16 * 1024;
    private static final int GZIP = 0x8b1f, DEFLATED = 8;
    private static final int HEAD_CHECKED = 2, EXTRA = 4, NAME = 8, COMMENT = 16, RESERVED = 0xe0;
    private static final int BYTE = 0xff, TWO_BYTES = 0xffff;

    private final byte[] body;
    private final int most;
    private final IntConsumer room;
    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
    private final CRC32 sum = new CRC32();
    private int at;

    Decoder(byte[] body, int most, IntConsumer room) {
        this.body = body;
        this.most = most;
        this.room = room;
    }

    /** The body without {@code deflate}; empty if it is longer than the limit. */
    Optional<byte[]> inflated() throws IOException {
        // Some programs leave out the frame of zlib, which RFC 9110 asks for.
        boolean framed =
                body.length > 1 && (body[0] & 0x0f) == DEFLATED && ((body[0] & BYTE) << 8 | (body[1] & BYTE)) % 31 == 0;
        Inflater inflater = new Inflater(!framed);
        try {
            if (!inflate(inflater)) return Optional.empty();
            if (at < body.length) throw new ZipException("It does not end where the body ends");
            return Optional.of(plain.toByteArray());
        } finally {
            inflater.end();
        }
    }

    /** The body without {@code gzip}, in one or more members (RFC 1952); empty if it is longer than the limit. */
    Optional<byte[]> unzipped() throws IOException {
        Inflater inflater = new Inflater(true);
        try {
            do {
                skipHead();
                int before = plain.size();
                sum.reset();
                inflater.reset();
                if (!inflate(inflater)) return Optional.empty();
                if (number() != (int) sum.getValue() || number() != plain.size() - before)
                    throw new ZipException("It is not what was compressed");
            } while (at < body.length);
            return Optional.of(plain.toByteArray());
        } finally {
            inflater.end();
        }
    }

    /** Decodes what comes next. False if the result is longer than the limit. */
    private boolean inflate(Inflater inflater) throws IOException {
        inflater.setInput(body, at, body.length - at);
        byte[] piece = new byte[PIECE];
        while (!inflater.finished()) {
            int length = inflate(inflater, piece);
            if (length == 0 && !inflater.finished()) throw new EOFException("It breaks off");
            if (length > most - plain.size()) return false;
            room.accept(length);
            sum.update(piece, 0, length);
            plain.write(piece, 0, length);
        }
        at = body.length - inflater.getRemaining();
        return true;
    }

    private static int inflate(Inflater inflater, byte[] piece) throws IOException {
        try {
            return inflater.inflate(piece);
        } catch (DataFormatException e) {
            throw new ZipException(e.getMessage());
        }
    }

    private void skipHead() throws IOException {
        int from = at;
        int mark = pair(), method = next(), flags = next();
        if (mark != GZIP || method != DEFLATED || (flags & RESERVED) != 0) throw new ZipException("No head of gzip");
        skip(6);
        if ((flags & EXTRA) != 0) skip(pair());
        if ((flags & NAME) != 0) skipText();
        if ((flags & COMMENT) != 0) skipText();
        if ((flags & HEAD_CHECKED) == 0) return;
        sum.reset();
        sum.update(body, from, at - from);
        if (pair() != ((int) sum.getValue() & TWO_BYTES)) throw new ZipException("A damaged head of gzip");
    }

    private void skipText() throws IOException {
        int next = next();
        while (next != 0) next = next();
    }

    private void skip(int length) throws IOException {
        if (length > body.length - at) throw new EOFException("It breaks off");
        at += length;
    }

    private int number() throws IOException {
        int low = pair();
        return low | pair() << 16;
    }

    private int pair() throws IOException {
        int low = next();
        return low | next() << 8;
    }

    private int next() throws IOException {
        if (at == body.length) throw new EOFException("It breaks off");
        return body[at++] & BYTE;
    }
}
