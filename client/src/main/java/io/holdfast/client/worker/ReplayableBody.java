// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A body that is sent while it is read. It can be sent again from its beginning as long as no more than 64 KiB of it were read. A failure
 * to read fails the request too; the JDK's own publisher of a stream would take the failure for the end of the body.
 */
final class ReplayableBody implements Flow.Publisher<ByteBuffer> {
    private static final int KEPT = 64 * 1024, PIECE = 16 * 1024;

    private final InputStream in;
    private final Executor pool;
    private final AtomicLong signs = new AtomicLong();
    private volatile boolean isReading;
    private volatile @Nullable Exception failure;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(); // guarded by this, as are the next
    private boolean isTooLong, hasEnded;
    private long length;

    ReplayableBody(InputStream in, Executor pool) {
        this.in = in;
        this.pool = pool;
    }

    /** A number that grows while pieces are taken, and while a read of the body is under way. */
    long signs() {
        return isReading ? signs.incrementAndGet() : signs.get();
    }

    /** The failure to read the body; null if there is none. */
    @Nullable
    Exception failure() {
        return failure;
    }

    /** Whether the body can be sent from its beginning. */
    synchronized boolean isReplayable() {
        return !isTooLong;
    }

    /**
     * The bytes from that position on; null at the end.
     *
     * <p>Race: a second sender against the read of the first, which was left; the second waits and gets that piece too.
     */
    private synchronized byte @Nullable [] read(long from) throws IOException {
        if (from < kept.size()) return Arrays.copyOfRange(kept.toByteArray(), (int) from, kept.size());
        if (from < length) throw new IOException("The beginning of the body is no longer kept.");
        if (hasEnded) return null;
        byte[] piece = new byte[PIECE];
        isReading = true;
        int read;
        try {
            read = in.read(piece);
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            isReading = false;
        }
        if (read < 0) {
            hasEnded = true;
            return null;
        }
        length += read;
        isTooLong |= length > KEPT;
        if (isTooLong) kept.reset();
        else kept.write(piece, 0, read);
        return Arrays.copyOf(piece, read);
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        subscriber.onSubscribe(new Sending(subscriber));
    }

    /** One sending of the body. */
    private final class Sending implements Flow.Subscription {
        private final Flow.Subscriber<? super ByteBuffer> subscriber;
        private final AtomicLong requested = new AtomicLong();
        private final AtomicBoolean isOver = new AtomicBoolean();
        private long position; // of the thread that sends

        Sending(Flow.Subscriber<? super ByteBuffer> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long pieces) {
            if (requested.getAndAdd(pieces) == 0) pool.execute(this::send);
        }

        @Override
        public void cancel() {
            isOver.set(true);
        }

        private void send() {
            do {
                if (isOver.get()) return;
                byte[] piece;
                try {
                    piece = read(position);
                } catch (IOException | RuntimeException e) {
                    if (isOver.compareAndSet(false, true)) subscriber.onError(e);
                    return;
                }
                if (piece == null) {
                    if (isOver.compareAndSet(false, true)) subscriber.onComplete();
                    return;
                }
                position += piece.length;
                signs.incrementAndGet();
                subscriber.onNext(ByteBuffer.wrap(piece));
            } while (requested.decrementAndGet() > 0);
        }
    }
}
