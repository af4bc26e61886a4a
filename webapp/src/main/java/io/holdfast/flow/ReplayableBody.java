// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.concurrent.SerialTask;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.Upload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of a client's request. A body that fits into its buffer can be read again. A longer body is read once, as its sink
 * requests it.
 */
public final class ReplayableBody implements RequestBody, BodySink {
    private final long buffer, most;
    private final List<ByteBuffer> pieces = new ArrayList<>(); // all state is guarded by this
    private Consumer<Exception> whenBroken = why -> {};
    private @Nullable BodySource source;
    private @Nullable Feed feed;
    private @Nullable Runnable whenGathered;
    private long length; // the bytes that have come
    private boolean ended, repeatable = true, broken, closed;

    /**
     * A body that keeps some of its bytes.
     *
     * @param buffer the number of bytes to keep
     * @param most the longest body, in bytes
     */
    public ReplayableBody(long buffer, long most) {
        this.buffer = buffer;
        this.most = most;
    }

    /** A body that is complete already. */
    public static ReplayableBody of(byte[] whole) {
        ReplayableBody body = new ReplayableBody(whole.length, Long.MAX_VALUE);
        body.piece(ByteBuffer.wrap(whole));
        body.end();
        return body;
    }

    /**
     * Begins to receive the body from a client.
     *
     * @param stall the time within which more of the body must come
     * @param whenBroken receives the reason if the body breaks off
     */
    public void receive(HeldResponse client, StallLimit stall, Consumer<Exception> whenBroken) throws IOException {
        Upload upload = client.upload(this);
        synchronized (this) {
            this.whenBroken = whenBroken;
            source = upload;
        }
        upload.failAfter(stall.limit(), stall.timer());
        // One byte more, to see the end of a body that fits exactly.
        upload.request(buffer + 1);
    }

    @Override
    public synchronized boolean isRepeatable() {
        return repeatable && !broken;
    }

    /** The number of bytes that have come. */
    public synchronized long length() {
        return length;
    }

    @Override
    public synchronized long knownLength() {
        return ended && !broken ? length : -1;
    }

    @Override
    public void whenGathered(Runnable task) {
        synchronized (this) {
            whenGathered = task;
        }
        reportGathered();
    }

    private void reportGathered() {
        Runnable due;
        synchronized (this) {
            if (broken || (!ended && length <= buffer)) return;
            due = whenGathered;
            whenGathered = null;
        }
        if (due != null) due.run();
    }

    @Override
    public BodySource open(BodySink sink) {
        Feed opened = new Feed(sink);
        synchronized (this) {
            feed = closed ? null : opened;
        }
        return opened;
    }

    @Override
    public void close() {
        BodySource from;
        synchronized (this) {
            closed = true;
            repeatable = false;
            pieces.clear();
            feed = null;
            whenGathered = null;
            from = source;
        }
        if (from != null) from.cancel();
    }

    @Override
    public void piece(ByteBuffer bytes) {
        boolean tooLong;
        synchronized (this) {
            length += bytes.remaining();
            tooLong = length > most;
            if (!tooLong && !closed) pieces.add(bytes);
        }
        if (tooLong) fail(new TooLongException());
        else proceed();
    }

    @Override
    public void end() {
        synchronized (this) {
            ended = true;
        }
        proceed();
    }

    private void proceed() {
        reportGathered();
        Feed giving;
        synchronized (this) {
            giving = feed;
        }
        if (giving != null) giving.task.trigger();
    }

    @Override
    public void fail(Exception why) {
        Consumer<Exception> listener;
        synchronized (this) {
            if (broken) return;
            broken = true;
            listener = whenBroken;
        }
        listener.accept(why);
    }

    /** Passes the body to one sink. The lock of the body guards everything except the sink. */
    private final class Feed implements BodySource {
        private final BodySink sink;
        private final SerialTask task = new SerialTask(this::give);
        private int next, offset; // the position in the pieces
        private long wanted;
        private long given, released; // bytes the sink got, and bytes it has finished with
        private long forgotten, requested; // bytes that were dropped, and how many of them were requested anew
        private boolean done;

        Feed(BodySink sink) {
            this.sink = sink;
        }

        @Override
        public void request(long bytes) {
            synchronized (ReplayableBody.this) {
                wanted += bytes;
                released = Math.min(given, released + bytes);
            }
            requestMore();
            task.trigger();
        }

        @Override
        public void cancel() {
            synchronized (ReplayableBody.this) {
                if (feed == this) feed = null;
            }
        }

        private void give() {
            for (ByteBuffer piece = take(); piece != null; piece = take()) {
                requestMore();
                sink.piece(piece);
            }
            if (isDone()) sink.end();
        }

        /** Takes the next piece for the sink; null if there is none now, or if a newer feed has taken over the body. */
        private @Nullable ByteBuffer take() {
            synchronized (ReplayableBody.this) {
                if (feed != this || wanted <= 0 || next == pieces.size()) return null;
                ByteBuffer piece = pieces.get(next);
                int length = (int) Math.min(wanted, piece.limit() - offset);
                ByteBuffer part = piece.duplicate().position(offset).limit(offset + length);
                wanted -= length;
                given += length;
                offset += length;
                if (offset == piece.limit()) {
                    next++;
                    offset = 0;
                    if (ReplayableBody.this.length > buffer) forget();
                }
                return part;
            }
        }

        private void forget() {
            repeatable = false;
            for (ByteBuffer piece : pieces.subList(0, next)) forgotten += piece.limit();
            pieces.subList(0, next).clear();
            next = 0;
        }

        /** Requests as many bytes as are dropped here and finished with in the sink. */
        private void requestMore() {
            long more;
            BodySource from;
            synchronized (ReplayableBody.this) {
                long free = Math.min(released, forgotten);
                more = free - requested;
                requested = free;
                from = source;
            }
            if (from != null && more > 0) from.request(more);
        }

        private boolean isDone() {
            synchronized (ReplayableBody.this) {
                if (feed != this || done || !ended || next < pieces.size()) return false;
                done = true;
                return true;
            }
        }
    }

    /** The body is longer than its route allows. */
    public static final class TooLongException extends Exception {
        private static final long serialVersionUID = 1;
    }
}
