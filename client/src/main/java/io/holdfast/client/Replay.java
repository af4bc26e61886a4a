// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

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
 * A body as it comes, which can be sent again from its beginning as long as not more of it was read than is kept. Where reading it
 * fails, so does what is sent: the JDK's own publisher of a stream takes that for its end.
 */
final class Replay implements Flow.Publisher<ByteBuffer> {
    private static final int KEPT = 64 * 1024, PIECE = 16 * 1024;

    private final InputStream in;
    private final Executor pool;
    private final AtomicLong signs = new AtomicLong();
    private volatile boolean reading;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(); // guarded by this, as are the next
    private boolean tooLong;
    private boolean ended;
    private long length;

    Replay(InputStream in, Executor pool) {
        this.in = in;
        this.pool = pool;
    }

    /** Grows as long as something is read of it, or waited for. */
    long signs() {
        return reading ? signs.incrementAndGet() : signs.get();
    }

    /** Whether it can be sent from its beginning. */
    synchronized boolean isWhole() {
        return !tooLong;
    }

    /** Whoever comes second is given what the first has read, also what that is reading while it is left. */
    private synchronized byte @Nullable [] read(long from) throws IOException {
        if (from < kept.size()) return Arrays.copyOfRange(kept.toByteArray(), (int) from, kept.size());
        if (from < length) throw new IOException("The beginning is not there any more.");
        if (ended) return null;
        byte[] piece = new byte[PIECE];
        reading = true;
        int read;
        try {
            read = in.read(piece);
        } finally {
            reading = false;
        }
        if (read < 0) {
            ended = true;
            return null;
        }
        length += read;
        tooLong |= length > KEPT;
        if (tooLong) kept.reset();
        else kept.write(piece, 0, read);
        return Arrays.copyOf(piece, read);
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        subscriber.onSubscribe(new Sending(subscriber));
    }

    private final class Sending implements Flow.Subscription {
        private final Flow.Subscriber<? super ByteBuffer> to;
        private final AtomicLong wanted = new AtomicLong();
        private final AtomicBoolean over = new AtomicBoolean();
        private long position; // of whoever sends

        Sending(Flow.Subscriber<? super ByteBuffer> to) {
            this.to = to;
        }

        @Override
        public void request(long pieces) {
            if (wanted.getAndAdd(pieces) == 0) pool.execute(this::send);
        }

        @Override
        public void cancel() {
            over.set(true);
        }

        private void send() {
            do {
                if (over.get()) return;
                byte[] piece;
                try {
                    piece = read(position);
                } catch (IOException | RuntimeException e) {
                    if (over.compareAndSet(false, true)) to.onError(e);
                    return;
                }
                if (piece == null) {
                    if (over.compareAndSet(false, true)) to.onComplete();
                    return;
                }
                position += piece.length;
                signs.incrementAndGet();
                to.onNext(ByteBuffer.wrap(piece));
            } while (wanted.decrementAndGet() > 0);
        }
    }
}
