// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads an answer whole, up to a limit. */
final class Gather implements Exchange.Reader {
    /** What is kept of an answer that is no success: enough for its sentence. */
    private static final int EXPLANATION = 64 * 1024;

    private final int longest;
    private final BiConsumer<Head, byte[]> done;
    private final Consumer<Exception> failed;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private @Nullable Head head;
    private boolean tooLong;

    Gather(int longest, BiConsumer<Head, byte[]> done, Consumer<Exception> failed) {
        this.longest = longest;
        this.done = done;
        this.failed = failed;
    }

    @Override
    public void began(Head begun) {
        head = begun;
    }

    @Override
    public boolean piece(ByteBuffer piece) {
        int room = (isSuccess() ? longest : EXPLANATION) - body.size();
        tooLong = piece.remaining() > room;
        byte[] bytes = new byte[Math.min(piece.remaining(), room)];
        piece.get(bytes);
        body.writeBytes(bytes);
        return !tooLong;
    }

    private boolean isSuccess() {
        return head != null && head.isSuccess();
    }

    @Override
    public void ended() {
        if (head == null) failed.accept(new IOException("The answer has no beginning."));
        else if (tooLong && isSuccess()) failed.accept(new TooLongException("The answer", longest));
        else done.accept(head, body.toByteArray());
    }

    @Override
    public void failed(Exception cause) {
        failed.accept(cause);
    }
}
