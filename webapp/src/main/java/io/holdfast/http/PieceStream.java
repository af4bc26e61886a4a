// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.time.Clocks;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;

/**
 * Gives a long body piece by piece: the next is fetched when the client has taken one. What cannot be given whole is cut, so that it
 * is not taken for whole.
 */
public final class PieceStream {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final HeldStream stream;
    private final int pieces;
    private final IntFunction<CompletionStage<Optional<byte[]>>> source;
    private final Duration stall;
    private final Clocks clocks;
    private final Executor executor;
    /** Used by one thread after the other. */
    private long pauses;

    /**
     * A body in so many pieces.
     *
     * @param source gives each piece; nothing if it is not there any more
     * @param stall for how long a client may take nothing
     */
    public PieceStream(
            HeldStream stream,
            int pieces,
            IntFunction<CompletionStage<Optional<byte[]>>> source,
            Duration stall,
            Clocks clocks,
            Executor executor) {
        this.stream = stream;
        this.pieces = pieces;
        this.source = source;
        this.stall = stall;
        this.clocks = clocks;
        this.executor = executor;
    }

    /** Writes this piece, and then the others. */
    public void write(int piece, byte[] bytes) {
        Stall watch = Stall.watch(stream, stall, clocks.timer(), stream::cut);
        boolean open = stream.write(bytes, () -> {
            watch.cancel();
            pauses = 0;
            if (piece + 1 == pieces) stream.end();
            else next(piece + 1);
        });
        if (open) return;
        watch.cancel();
        // Slow clients take all the memory they may: perhaps not for long.
        if (pauses++ < stall.dividedBy(PAUSE) && !stream.isOver())
            clocks.timer().after(PAUSE, () -> executor.execute(() -> write(piece, bytes)));
        else stream.cut();
    }

    private void next(int piece) {
        source.apply(piece)
                .whenCompleteAsync(
                        (bytes, error) -> {
                            if (bytes == null || bytes.isEmpty()) stream.cut();
                            else write(piece, bytes.get());
                        },
                        executor);
    }
}
