// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.cluster.Pieces;
import io.holdfast.flow.Content;
import io.holdfast.flow.HttpExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The body of a job's request: fetched from the cluster piece by piece, as its worker takes it. */
final class KeptBody implements Content {
    private static final Runnable NOBODY = () -> {};

    private final Pieces pieces;
    private final Job.Kept kept;
    private final Runnable whenLost;
    private Runnable sender = NOBODY; // all state is guarded by this
    private @Nullable ByteBuffer piece;
    private int next;
    private long sending;
    private boolean fetching;

    /** Such a body; somebody is told if there is no more of it. */
    KeptBody(Pieces pieces, Job.Kept kept, Runnable whenLost) {
        this.pieces = pieces;
        this.kept = kept;
        this.whenLost = whenLost;
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public void sendBy(Runnable more) {
        synchronized (this) {
            sender = more;
            piece = null;
            next = 0;
            fetching = false;
            sending++;
        }
        fetch();
    }

    private void fetch() {
        int wanted;
        long by;
        synchronized (this) {
            if (fetching || piece != null || next == kept.pieces() || sender == NOBODY) return;
            fetching = true;
            wanted = next;
            by = sending;
        }
        pieces.read(kept.id(), wanted).exceptionally(error -> Optional.empty()).thenAccept(bytes -> fetched(by, bytes));
    }

    private void fetched(long by, Optional<byte[]> bytes) {
        Runnable then;
        synchronized (this) {
            if (by != sending) return;
            fetching = false;
            next++;
            // Shared with others who fetch it.
            if (bytes != null && bytes.isPresent())
                piece = ByteBuffer.wrap(bytes.get()).asReadOnlyBuffer();
            then = piece == null ? whenLost : sender;
        }
        then.run();
    }

    @Override
    public boolean writeTo(HttpExchange.Taker taker) throws IOException {
        synchronized (this) {
            ByteBuffer from = piece;
            if (from == null) return false;
            taker.take(from);
            if (from.hasRemaining()) return false;
            piece = null;
            if (next == kept.pieces()) return true;
        }
        fetch();
        return false;
    }

    @Override
    public synchronized void close() {
        sender = NOBODY;
        piece = null;
        sending++;
    }
}
