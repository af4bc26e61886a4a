// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.ReadListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The body of a held request, given on piece by piece as it comes and as it is {@linkplain #want wanted}: what nobody wants yet stays
 * with the client. Nobody waits for it.
 */
public final class Upload implements ReadListener, Incoming {
    private static final int PIECE = 16 * 1024;
    private static final Runnable OVER = () -> {};

    /** Whom the body is given to, one call at a time, on whatever thread has bytes; must not block. */
    public interface Sink {
        /** A piece, which is the sink's. */
        void piece(ByteBuffer bytes);

        /** That was all. */
        void end();

        /** There is no more, though there should be: it broke off, or it is refused. */
        void broken(Exception why);
    }

    /*
     * As in HeldStream: whoever changes something calls advance(), the first to come there reads, and the others leave word.
     */
    private final BodyInput in;
    private final Backlog backlog;
    private final Sink sink;
    private final Runnable whenBroken;
    private final AtomicInteger words = new AtomicInteger();
    private final AtomicLong wanted = new AtomicLong(), kept = new AtomicLong();
    private final AtomicReference<@Nullable Runnable> atTheEnd = new AtomicReference<>();
    private volatile boolean abandoned;

    Upload(HttpServletRequest request, Backlog backlog, Sink sink, Runnable whenBroken) throws IOException {
        this.in = new BodyInput(request);
        this.backlog = backlog;
        this.sink = sink;
        this.whenBroken = whenBroken;
    }

    void start() {
        in.listen(this);
    }

    /** So many bytes more may be given to the sink, or a little more. */
    public void want(long bytes) {
        wanted.addAndGet(bytes);
        advance();
    }

    /** Whether more is wanted, and has not come. */
    public boolean isAwaited() {
        return wanted.get() > 0 && !isOver();
    }

    /** So many bytes of what the sink was given are not in memory any more. */
    public void let(long bytes) {
        // An abandoned body has let go of all.
        long before = kept.getAndUpdate(now -> Math.max(0, now - bytes));
        backlog.remove(Math.min(before, bytes));
    }

    @Override
    public boolean isOver() {
        return atTheEnd.get() == OVER;
    }

    @Override
    public void whenOver(Runnable task) {
        if (!atTheEnd.compareAndSet(null, task)) task.run();
    }

    @Override
    public void abandon() {
        abandoned = true;
        release();
        advance();
    }

    @Override
    public void release() {
        backlog.remove(kept.getAndSet(0));
    }

    @Override
    public long come() {
        return in.come();
    }

    @Override
    public void onDataAvailable() {
        in.onAvailable();
        advance();
    }

    @Override
    public void onAllDataRead() {
        in.onAllReceived();
        advance();
    }

    @Override
    public void onError(Throwable broken) {
        fail(new IOException("The body broke off", broken));
        whenBroken.run();
    }

    private void advance() {
        if (words.getAndIncrement() > 0) return;
        int heard = 1;
        do {
            step();
            heard = words.addAndGet(-heard);
        } while (heard != 0);
    }

    private void step() {
        try {
            while (!in.isWaiting() && !isOver() && (abandoned || wanted.get() > 0)) if (!read()) return;
        } catch (IOException | IllegalStateException gone) {
            fail(new IOException("The body broke off", gone));
        }
    }

    private boolean read() throws IOException {
        byte[] bytes = new byte[PIECE];
        int length = in.read(bytes);
        if (length == BodyInput.END) finish();
        if (length <= 0) return false;
        wanted.addAndGet(-length);
        if (!abandoned) give(bytes, length);
        return true;
    }

    private void give(byte[] bytes, int length) {
        if (backlog.add(length)) {
            kept.addAndGet(length);
            // It may have been let go of meanwhile.
            if (abandoned) release();
            sink.piece(ByteBuffer.wrap(bytes, 0, length));
        } else {
            abandoned = true;
            sink.broken(Backlog.refusal());
        }
    }

    private void finish() {
        if (end() && !abandoned) sink.end();
    }

    private void fail(IOException why) {
        if (end() && !abandoned) sink.broken(why);
    }

    private boolean end() {
        Runnable then = atTheEnd.getAndSet(OVER);
        if (then != null && then != OVER) then.run();
        return then != OVER;
    }
}
