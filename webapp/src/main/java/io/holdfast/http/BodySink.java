// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import java.nio.ByteBuffer;

/**
 * Where the bytes of a body go. Called one method at a time, on any thread; must not block. The last call is {@link #end} or
 * {@link #fail}, unless the source is cancelled.
 */
public interface BodySink {
    /** Drops all it is given: for a body that is no longer wanted. */
    BodySink DISCARD = new BodySink() {
        @Override
        public void piece(ByteBuffer bytes) {}

        @Override
        public void end() {}

        @Override
        public void fail(Exception why) {}
    };

    /** Takes a piece, which is the sink's from now on. */
    void piece(ByteBuffer bytes);

    /** Takes the end: the body is complete. */
    void end();

    /** Takes the failure: the body broke off, or is refused. */
    void fail(Exception why);

    /** The bytes of a piece, which are copied only if they share their memory. */
    static byte[] bytes(ByteBuffer piece) {
        if (piece.hasArray() && piece.arrayOffset() == 0 && piece.remaining() == piece.array().length)
            return piece.array();
        byte[] copy = new byte[piece.remaining()];
        piece.get(copy);
        return copy;
    }
}
