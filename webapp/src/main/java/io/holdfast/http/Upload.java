// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.concurrent.SerialTask;
import io.holdfast.concurrent.StallWatch;
import io.holdfast.http.server.RequestInput;
import io.holdfast.pace.Pace;
import io.holdfast.pace.Sender;
import io.holdfast.time.Timer;
import jakarta.servlet.ReadListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The body of a held request, given to a sink piece by piece as it arrives and as it is {@linkplain #request requested}. Bytes that
 * were not requested stay with the client. No thread waits for it.
 */
public final class Upload implements ReadListener, IncomingBody, BodySource, Pace.Body {
    private static final int PIECE = 16 * 1024;

    private final RequestInput in;
    private final Backlog backlog;
    private final long mostForIt;
    private final long length; // -1 if only the end tells
    private final BodySink sink;
    private final Runnable whenBroken;
    private final SerialTask reading = new SerialTask(this::read);
    private final AtomicLong wanted = new AtomicLong(), kept = new AtomicLong();
    private final Sender sender;
    private volatile @Nullable StallWatch watch;
    private volatile @Nullable Thread caller; // of the server, in its call
    private volatile @Nullable StalledException late;
    private volatile @Nullable IOException broken; // and not reported by the server yet
    private volatile boolean cancelled, abandoned, isBroken;

    Upload(Setup setup, HttpServletRequest request, BodySink sink, Runnable whenBroken) throws IOException {
        this.in = setup.server().input(request);
        // With HTTP/2, the end may come after the last byte.
        this.length = request.getProtocol().startsWith("HTTP/1") ? request.getContentLengthLong() : -1;
        this.backlog = setup.backlog();
        this.mostForIt = backlog.mostFor(request);
        this.sink = sink;
        this.whenBroken = whenBroken;
        this.sender = setup.pace().sender(this);
    }

    void start() {
        sender.begin();
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
        if (watching != null && isWanted()) watching.expect();
    }

    private boolean isWanted() {
        return wanted.get() > 0 && !cancelled && !sender.isOver();
    }

    @Override
    public boolean isAwaited() {
        return in.isWaiting() && (abandoned || isWanted());
    }

    @Override
    public void onSlow(String rule) {
        failLate(StalledException.tooSlow(rule));
    }

    /** Lets it come as slowly as its sender likes until the request is answered: it may be a stream of events. */
    public void allowSlowness() {
        sender.allowSlowness();
    }

    private void failLate(StalledException why) {
        late = why;
        reading.trigger();
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
    public Sender sender() {
        return sender;
    }

    @Override
    public boolean isBroken() {
        return isBroken;
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
        StalledException why = late;
        if (why != null && !cancelled && !sender.isOver()) {
            cancel();
            sink.fail(why);
        }
        try {
            while (!in.isWaiting() && !sender.isOver() && (abandoned || wanted.get() > 0)) if (!readPiece()) return;
        } catch (IOException failed) {
            if (Thread.currentThread() == caller) broken = failed;
            else onError(failed);
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
        StallWatch watching = watch;
        if (watching != null) watching.close();
        return sender.end();
    }

    private final class Awaited implements StallWatch.Subject {

        @Override
        public long progress() {
            return bytesReceived();
        }

        @Override
        public boolean isAwaited() {
            return isWanted();
        }

        @Override
        public void onStall() {
            failLate(new StalledException());
        }
    }
}
