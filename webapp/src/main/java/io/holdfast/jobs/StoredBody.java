// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.cluster.Pieces;
import io.holdfast.concurrent.SerialTask;
import io.holdfast.flow.RequestBody;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The body of a job's request, read from the cluster piece by piece as its worker takes it. */
final class StoredBody implements RequestBody {
    private final Pieces pieces;
    private final Job.Kept kept;
    private final Runnable whenLost;
    private volatile @Nullable Feed newest;

    /** A body that the cluster keeps; the task is run if a piece of it is lost. */
    StoredBody(Pieces pieces, Job.Kept kept, Runnable whenLost) {
        this.pieces = pieces;
        this.kept = kept;
        this.whenLost = whenLost;
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public BodySource open(BodySink sink) {
        Feed opened = new Feed(sink);
        newest = opened;
        return opened;
    }

    @Override
    public void close() {
        newest = null;
    }

    /** Gives the body to one sink. */
    private final class Feed implements BodySource {
        private final BodySink sink;
        private final SerialTask task = new SerialTask(this::give);
        private final AtomicLong wanted = new AtomicLong();
        private volatile @Nullable ByteBuffer piece; // being given
        private volatile boolean fetching, lost;
        private int next; // of the task, as is the next
        private boolean done;

        Feed(BodySink sink) {
            this.sink = sink;
        }

        @Override
        public void request(long bytes) {
            wanted.addAndGet(bytes);
            task.trigger();
        }

        @Override
        public void cancel() {
            done();
        }

        private void done() {
            if (isOpen()) newest = null;
        }

        @SuppressWarnings("ReferenceEquality") // that very one
        private boolean isOpen() {
            return newest == this;
        }

        private void give() {
            while (isOpen() && !done && !fetching && !lost) {
                ByteBuffer from = piece;
                if (from == null && next == kept.pieces()) {
                    done = true;
                    sink.end();
                } else if (wanted.get() <= 0) return;
                else if (from == null) fetch();
                else give(from);
            }
            if (lost && isOpen() && !done) {
                done = true;
                whenLost.run();
            }
        }

        private void give(ByteBuffer from) {
            int length = (int) Math.min(from.remaining(), wanted.get());
            ByteBuffer part = from.slice(from.position(), length);
            from.position(from.position() + length);
            if (!from.hasRemaining()) piece = null;
            wanted.addAndGet(-length);
            sink.piece(part);
        }

        private void fetch() {
            fetching = true;
            pieces.read(kept.id(), next++)
                    .exceptionally(error -> Optional.empty())
                    .thenAccept(this::fetched);
        }

        private void fetched(Optional<byte[]> bytes) {
            // Other readers of this piece share its array.
            if (bytes.isPresent()) piece = ByteBuffer.wrap(bytes.get()).asReadOnlyBuffer();
            else lost = true;
            fetching = false;
            task.trigger();
        }
    }
}
