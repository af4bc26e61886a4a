// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.cluster.Pieces;
import io.holdfast.http.BodySource;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes the response of a worker into the cluster, piece by piece. Its methods are called one at a time. */
final class ResponseWriter {
    private final Pieces pieces;
    private final String id;
    private final Duration keep;
    private final BodySource source;
    private final Consumer<Throwable> whenFailed;
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    private final CompletableFuture<Job.Kept> kept = new CompletableFuture<>();
    private CompletionStage<Void> saved = CompletableFuture.completedFuture(null); // all pieces so far
    private int next;
    private long all;

    /**
     * Writes a response under that name.
     *
     * @param keep how long the response is kept
     * @param source asked for as many bytes as are no longer in memory
     * @param whenFailed called if a piece was not stored; then no more bytes are asked for
     */
    ResponseWriter(Pieces pieces, String id, Duration keep, BodySource source, Consumer<Throwable> whenFailed) {
        this.pieces = pieces;
        this.id = id;
        this.keep = keep;
        this.source = source;
        this.whenFailed = whenFailed;
    }

    /** How many bytes were written. */
    long length() {
        return all;
    }

    void write(byte[] bytes) {
        all += bytes.length;
        int from = 0;
        while (piece.size() + bytes.length - from >= Pieces.SIZE) {
            int taken = Pieces.SIZE - piece.size();
            piece.write(bytes, from, taken);
            from += taken;
            save(taken);
        }
        piece.write(bytes, from, bytes.length - from);
        // An unfinished piece waits for more bytes, so its source must go on.
        if (from < bytes.length) source.request(bytes.length - from);
    }

    private void save(int last) {
        byte[] whole = piece.toByteArray();
        piece.reset();
        CompletionStage<Void> saving = pieces.save(id, next++, whole, keep);
        saved = saved.thenCompose(before -> saving);
        saving.whenComplete((done, error) -> {
            if (error != null) whenFailed.accept(error);
            else if (last > 0) source.request(last);
        });
    }

    /** Ends the response. Completes when it is on the backups. */
    CompletionStage<Job.Kept> end() {
        if (piece.size() > 0 || next == 0) save(0);
        saved.whenComplete(this::complete);
        return kept;
    }

    private void complete(@Nullable Object done, @Nullable Throwable error) {
        if (error == null) kept.complete(new Job.Kept(id, all, next));
        else kept.completeExceptionally(error);
    }

    /** Lets go of what was written. */
    void drop() {
        pieces.release(id, next);
    }
}
