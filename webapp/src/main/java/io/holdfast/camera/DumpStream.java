// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.http.HeldStream;
import io.holdfast.http.Stall;
import io.holdfast.time.Clocks;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Gives a long dump piece by piece: the next is fetched when the client has taken one. What cannot be given whole is cut, so that it
 * is not taken for whole.
 */
final class DumpStream {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final long MOST_PAUSES = CameraResource.STALL.dividedBy(PAUSE);

    private final Cameras cameras;
    private final String name;
    private final Dump dump;
    private final HeldStream stream;
    private final Clocks clocks;
    private final Executor executor;
    /** Used by one thread after the other. */
    private long pauses;

    DumpStream(Cameras cameras, String name, Dump dump, HeldStream stream, Clocks clocks, Executor executor) {
        this.cameras = cameras;
        this.name = name;
        this.dump = dump;
        this.stream = stream;
        this.clocks = clocks;
        this.executor = executor;
    }

    /** Writes this piece, and then the others. */
    void write(int piece, byte[] bytes) {
        Stall stall = Stall.watch(stream, CameraResource.STALL, clocks.timer(), stream::cut);
        boolean open = stream.write(bytes, () -> {
            stall.cancel();
            pauses = 0;
            if (piece + 1 == dump.pieces()) stream.end();
            else next(piece + 1);
        });
        if (open) return;
        stall.cancel();
        // Slow clients take all the memory they may: perhaps not for long.
        if (pauses++ < MOST_PAUSES && !stream.isOver())
            clocks.timer().after(PAUSE, () -> executor.execute(() -> write(piece, bytes)));
        else stream.cut();
    }

    private void next(int piece) {
        cameras.piece(name, dump, piece)
                .whenCompleteAsync(
                        (bytes, error) -> {
                            if (bytes == null || bytes.isEmpty()) stream.cut();
                            else write(piece, bytes.get());
                        },
                        executor);
    }
}
