// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.concurrent.SerialTask;
import io.holdfast.concurrent.StallWatch;
import io.holdfast.http.server.RequestInput;
import io.holdfast.time.Timer;
import jakarta.servlet.ReadListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The body of a held request, given to a sink piece by piece as it arrives and as it is {@linkplain #request requested}. Bytes that
 * were not requested stay with the client. No thread waits for it.
 */
public final class Upload implements ReadListener, IncomingBody, BodySource {
    private static final int PIECE = 16 * 1024;
    private static final Runnable OVER = () -> {};

    private final RequestInput in;
    private final Backlog backlog;
    private final long mostForIt;
    private final long length; // -1 if only the end tells
    private final BodySink sink;
    private final Runnable whenBroken;
    private final SerialTask reading = new SerialTask(this::read);
    private final AtomicLong wanted = new AtomicLong(), kept = new AtomicLong();
    private final AtomicReference<@Nullable Runnable> atTheEnd = new AtomicReference<>();
    private volatile @Nullable StallWatch watch;
    private volatile @Nullable Thread caller; // of the server, in its call
    private volatile @Nullable IOException broken; // and not reported by the server yet
    private volatile boolean cancelled, abandoned, stalled, isBroken;

    Upload(Setup setup, HttpServletRequest request, BodySink sink, Runnable whenBroken) throws IOException {
        this.in = setup.server().input(request);
        // With HTTP/2, the end may come after the last byte.
        this.length = request.getProtocol().startsWith("HTTP/1") ? request.getContentLengthLong() : -1;
        this.backlog = setup.backlog();
        this.mostForIt = backlog.mostFor(request);
        this.sink = sink;
        this.whenBroken = whenBroken;
    }

    void start() {
        in.listen(this);
    }

    /** From the next request on, the sink fails with a {@link StalledException} when nothing comes for so long that was requested. */
    public void failAfter(Duration stall, Timer timer) {
        watch = new StallWatch(timer, stall, new Awaited());
    }

    @Override
    public void request(long bytes) {
        long before = kept.getAndUpdate(now -> Math.max(0, now - bytes));
        backlog.remove(Math.min(before, bytes));
        wanted.addAndGet(bytes);
        reading.trigger();
        StallWatch watching = watch;
        if (watching != null && isAwaited()) watching.expect();
    }

    private boolean isAwaited() {
        return wanted.get() > 0 && !cancelled && !isComplete();
    }

    /** Bytes that were requested are still read, so that the connection may be used for another request. */
    @Override
    public void cancel() {
        cancelled = true;
        release();
        StallWatch watching = watch;
        if (watching != null) watching.close();
    }

    @Override
    public boolean isComplete() {
        return atTheEnd.get() == OVER;
    }

    @Override
    public boolean isBroken() {
        return isBroken;
    }

    @Override
    public void onEnd(Runnable task) {
        if (!atTheEnd.compareAndSet(null, task)) task.run();
    }

    @Override
    public void discard() {
        abandoned = true;
        cancel();
        reading.trigger();
    }

    @Override
    public void release() {
        backlog.remove(kept.getAndSet(0));
    }

    @Override
    public long bytesReceived() {
        return in.bytesRead();
    }

    @Override
    public void onDataAvailable() throws IOException {
        in.onAvailable();
        readInCall();
    }

    @Override
    public void onAllDataRead() throws IOException {
        in.onAllReceived();
        readInCall();
    }

    /** If the body breaks off within a call of the server, the server reports it. Tomcat sends no answer that is given before that. */
    private void readInCall() throws IOException {
        caller = Thread.currentThread();
        reading.trigger();
        caller = null;
        IOException why = broken;
        if (why != null) throw why;
    }

    @Override
    public void onError(Throwable broken) {
        isBroken = true;
        fail(new IOException("The body broke off", broken));
        whenBroken.run();
    }

    private void read() {
        if (stalled && !cancelled) {
            cancel();
            sink.fail(new StalledException());
        }
        try {
            while (!in.isWaiting() && !isComplete() && (abandoned || wanted.get() > 0)) if (!readPiece()) return;
        } catch (IOException why) {
            if (Thread.currentThread() == caller) broken = why;
            else onError(why);
        } catch (IllegalStateException gone) {
            fail(new IOException("The body broke off", gone));
        }
    }

    private boolean readPiece() throws IOException {
        byte[] bytes = new byte[PIECE];
        int length = in.read(bytes);
        if (length == RequestInput.END) finish();
        if (length <= 0) return false;
        wanted.addAndGet(-length);
        // Race: the response to the last piece against the end of the body. A body that is complete does not close the
        // connection, so it
        // is complete before its last piece is given.
        boolean isLast = in.bytesRead() == this.length, isNew = isLast && end();
        if (!cancelled) give(bytes, length);
        if (isNew && !cancelled) sink.end();
        return !isLast;
    }

    private void give(byte[] bytes, int length) {
        if (!backlog.add(length, mostForIt)) {
            abandoned = true;
            cancel();
            sink.fail(Backlog.refusal());
            return;
        }
        kept.addAndGet(length);
        // Race: a cancellation against the line above; the second of them to come releases these bytes.
        if (cancelled) release();
        else sink.piece(ByteBuffer.wrap(bytes, 0, length));
    }

    private void finish() {
        if (end() && !cancelled) sink.end();
    }

    private void fail(IOException why) {
        if (end() && !cancelled) sink.fail(why);
    }

    private boolean end() {
        Runnable then = atTheEnd.getAndSet(OVER);
        StallWatch watching = watch;
        if (watching != null) watching.close();
        if (then != null && then != OVER) then.run();
        return then != OVER;
    }

    private final class Awaited implements StallWatch.Subject {

        @Override
        public long progress() {
            return bytesReceived();
        }

        @Override
        public boolean isAwaited() {
            return Upload.this.isAwaited();
        }

        @Override
        public void onStall() {
            stalled = true;
            reading.trigger();
        }
    }
}
