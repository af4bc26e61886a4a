// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.concurrent.StallWatch;
import io.holdfast.time.Clocks;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;

/**
 * Sends a long body piece by piece, and fetches the next when the client has taken one. If a piece is missing, the stream is cut, so
 * that the client does not take it for whole.
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
     * @param source fetches a piece; empty if it is no longer kept
     * @param stall the longest time in which a client may take nothing
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
        StallWatch watch = stream.watch(stall, clocks.timer(), stream::cut);
        boolean open = stream.write(bytes, () -> {
            watch.close();
            pauses = 0;
            if (piece + 1 == pieces) stream.end();
            else next(piece + 1);
        });
        if (open) return;
        watch.close();
        // Slow clients take all the memory they may, perhaps not for long.
        if (pauses++ < stall.dividedBy(PAUSE) && !stream.isClosed())
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
