// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.cluster.Pieces;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The response of a worker on its way into the cluster, piece by piece. Called by one at a time. */
final class Keeping {
    private final Pieces pieces;
    private final String id;
    private final Duration keep;
    private final IntConsumer source;
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    private final CompletableFuture<Job.Kept> kept = new CompletableFuture<>();
    private CompletionStage<Void> saved = CompletableFuture.completedFuture(null); // all of them so far
    private int next;
    private long all;

    /**
     * A response that is kept under that name, for so long.
     *
     * @param source is told how many bytes are not in memory any more
     */
    Keeping(Pieces pieces, String id, Duration keep, IntConsumer source) {
        this.pieces = pieces;
        this.id = id;
        this.keep = keep;
        this.source = source;
    }

    /** How many bytes have come. */
    long length() {
        return all;
    }

    /** Takes some more. */
    void piece(byte[] bytes) {
        all += bytes.length;
        int from = 0;
        while (piece.size() + bytes.length - from >= Pieces.SIZE) {
            int taken = Pieces.SIZE - piece.size();
            piece.write(bytes, from, taken);
            from += taken;
            save(taken);
        }
        piece.write(bytes, from, bytes.length - from);
        // More must come for a piece to be whole.
        if (from < bytes.length) source.accept(bytes.length - from);
    }

    private void save(int last) {
        byte[] whole = piece.toByteArray();
        piece.reset();
        CompletionStage<Void> saving = pieces.save(id, next++, whole, keep);
        saved = saved.thenCompose(before -> saving);
        saving.whenComplete((done, error) -> {
            if (last > 0 && error == null) source.accept(last);
        });
    }

    /** That was all; completes when it is on the backups. */
    CompletionStage<Job.Kept> end() {
        if (piece.size() > 0 || next == 0) save(0);
        saved.whenComplete(this::saved);
        return kept;
    }

    private void saved(@Nullable Object done, @Nullable Throwable error) {
        if (error == null) kept.complete(new Job.Kept(id, all, next));
        else kept.completeExceptionally(error);
    }

    /** It is not wanted any more. */
    void drop() {
        pieces.release(id, next);
    }
}
