// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads an answer as a whole, up to a limit. Of an answer that is not a success it keeps 64 KiB, enough for its sentence. */
public final class BodyCollector implements Exchange.Reader {
    private static final int EXPLANATION = 64 * 1024;

    private final int longest;
    private final BiConsumer<ResponseHead, byte[]> onAnswer;
    private final Consumer<Exception> onFailure;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private @Nullable ResponseHead head;
    private boolean tooLong;

    public BodyCollector(int longest, BiConsumer<ResponseHead, byte[]> onAnswer, Consumer<Exception> onFailure) {
        this.longest = longest;
        this.onAnswer = onAnswer;
        this.onFailure = onFailure;
    }

    @Override
    public void onHead(ResponseHead begun) {
        head = begun;
    }

    @Override
    public boolean onPiece(ByteBuffer piece) {
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
    public void onEnd() {
        if (head == null) onFailure.accept(new IOException("The answer has no head."));
        else if (tooLong && isSuccess()) onFailure.accept(new TooLongException("The answer", longest));
        else onAnswer.accept(head, body.toByteArray());
    }

    @Override
    public void onFailure(Exception cause) {
        onFailure.accept(cause);
    }
}
