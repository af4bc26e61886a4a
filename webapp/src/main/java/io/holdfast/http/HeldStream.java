// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.concurrent.ClosingReference;
import io.holdfast.concurrent.SerialTask;
import io.holdfast.concurrent.StallWatch;
import io.holdfast.departure.Watched;
import io.holdfast.http.message.Response;
import io.holdfast.http.message.ResponseFilter;
import io.holdfast.http.server.ResponseOutput;
import io.holdfast.time.Timer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A response that is written piece by piece, from any thread, and never waits for its client: one chunk at a time, and the next
 * when the server has taken that one. It ends exactly once: {@linkplain #end ended}, {@linkplain #cut cut}, or gone.
 */
public final class HeldStream {
    private static final Logger LOG = System.getLogger(HeldStream.class.getName());
    /** The length of a stream that begins before its length is known. */
    static final long UNKNOWN = -1;

    private static final int MOST_PAUSES = 1_000;
    private static final long PAUSE_NANOS = 50_000;
    /** A chunk is given to the server in pieces of this size, so that a slow client is told from one that takes nothing. */
    private static final int PIECE = 64 * 1024;

    private static final Runnable NOBODY = () -> {};
    private static final Runnable TOLD = () -> {};

    /*
     * Every change triggers the step. The thread that runs it owns the response, and works for all threads that trigger it in the
     * meantime. So no thread waits for another. A callback that the server makes within a call of the owner only triggers the step again.
     * The owner gives the response back in the step that finds the stream closed; afterwards nothing here reaches the response.
     */
    private final SerialTask owner = new SerialTask(this::step);
    private final SerialTask notifier = new SerialTask(this::notifyWriter);
    private final ResponseOutput out;
    private final Backlog backlog;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);
    private final AtomicReference<Output> output = new AtomicReference<>(Output.WAITING);
    private final AtomicReference<@Nullable Chunk> pending = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> whenTaken = new AtomicReference<>(); // still to be run
    private final AtomicReference<Runnable> whenGone = new AtomicReference<>(NOBODY);
    private final AtomicReference<Runnable> whenClosed = new AtomicReference<>(NOBODY);

    private volatile long progress;
    private volatile boolean expired;
    private volatile @Nullable ResponseFilter filter;
    private final ClosingReference<Watched> watched = new ClosingReference<>(Watched::close);

    // The owner's: the chunk that is being written, how far, and the next thing to do with it.
    private @Nullable Chunk inHand;
    private int offset;
    private Step next = Step.WRITE;

    /** How the stream ends. */
    private enum Phase {
        OPEN,
        ENDING,
        ENDED,
        CUT,
        GONE,
        /** The client has closed its side, and may still read: the response is cut, and its writer told. */
        LEFT
    }

    /** How far the response is; only ever changes to a later one. */
    private enum Output {
        /** The server has not called yet, and may not be asked. */
        WAITING,
        /** The server takes bytes, but has sent nothing: it would answer with an error instead of breaking off. */
        WRITABLE,
        /** The head is on its way: the response can be broken off. */
        COMMITTED,
        /** The server has the response back. */
        RELEASED
    }

    private enum Step {
        WRITE,
        FLUSH,
        TAKEN
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Chunk(byte[] bytes, Runnable whenTaken) {}

    private HeldStream(AsyncContext context, Response head, Setup setup) throws IOException {
        this.out = setup.server().output(context);
        this.backlog = setup.backlog();
        this.inHand = new Chunk(head.body(), NOBODY);
    }

    /** The stream that answers a call whose head is set; without a body it is gone from the start. */
    static HeldStream ofCall(AsyncContext context, Response head, Setup setup, boolean withBody) throws IOException {
        HeldStream stream = new HeldStream(context, head, setup);
        context.addListener(stream.new Container());
        if (withBody) {
            Watched watching = setup.watch((HttpServletRequest) context.getRequest(), stream::leave);
            if (watching != null) stream.watchedBy(watching);
            return stream.listening();
        }
        stream.close(Phase.GONE);
        stream.reach(Output.COMMITTED);
        stream.advance();
        return stream;
    }

    /** The stream that answers a request which is held already; the holder passes on what the container reports. */
    static HeldStream of(AsyncContext context, Response head, long length, Setup setup) throws IOException {
        HttpServletResponse response = (HttpServletResponse) context.getResponse();
        head.writeHeadTo(setup.server().spelling(response));
        if (length != UNKNOWN) response.setContentLengthLong(length);
        setup.server().markEnd((HttpServletRequest) context.getRequest(), response);
        setup.server().unbuffer(response);
        return new HeldStream(context, head, setup).listening();
    }

    /** The same for a response that is shown in another form, in which it has begun. */
    static HeldStream filtered(AsyncContext context, Response begun, ResponseFilter filter, Setup setup)
            throws IOException {
        HeldStream stream = of(context, begun, UNKNOWN, setup);
        stream.filter = filter;
        return stream;
    }

    /** The same for an answer that is whole, and in the backlog already. */
    static HeldStream ofWhole(AsyncContext context, Response whole, Setup setup) throws IOException {
        HttpServletResponse response = (HttpServletResponse) context.getResponse();
        whole.writeHeadTo(setup.server().spelling(response));
        response.setContentLength(whole.body().length);
        return new HeldStream(context, whole, setup).listening();
    }

    private HeldStream listening() {
        out.listen(new Writable());
        return this;
    }

    /**
     * Hands over one chunk, which is flushed to the client by itself. The task runs once the server has taken it and takes the
     * next: never two tasks at a time, and never one from within another, so it may write the next chunk. It runs here or on a
     * thread that serves connections, and must not block.
     *
     * @return false if the stream is closed or ending, or slow clients take too much memory to begin with this; the task will not
     *     run then
     * @throws IllegalStateException if the chunk before is still pending
     */
    public boolean write(byte[] piece, Runnable whenPieceTaken) {
        if (phase.get() != Phase.OPEN) return false;
        ResponseFilter how = filter;
        byte[] chunk = how == null ? piece : how.apply(piece);
        if (!backlog.add(chunk)) return false;
        if (!pending.compareAndSet(null, new Chunk(chunk, whenPieceTaken))) {
            backlog.remove(chunk);
            throw new IllegalStateException("The chunk before is still pending");
        }
        advance();
        return true;
    }

    /** Ends the response cleanly as soon as the pending chunk is taken; false if it is closed, or ending already. */
    public boolean end() {
        if (!phase.compareAndSet(Phase.OPEN, Phase.ENDING)) return false;
        advance();
        return true;
    }

    /** Breaks the response off, whatever is pending; false if it is closed already. */
    public boolean cut() {
        boolean first = close(Phase.CUT);
        if (first) advance();
        return first;
    }

    /** Has the stream end when its client has left, and the watch end with the stream. */
    void watchedBy(Watched watching) {
        watched.set(watching);
        // Race: the client's departure against this; the sweep has found no stream to end, or this line ends it.
        if (watching.hasLeft()) leave();
    }

    /** The client has left. */
    void leave() {
        if (close(Phase.LEFT)) advance();
    }

    /** Names the task that runs once, at once if it has to, if nothing but a write can tell whether the client is still there. */
    public void onUnwatched(Runnable listener) {
        Watched watching = watched.get();
        if (watching == null) listener.run();
        else watching.onUnwatched(listener);
    }

    /** Grows whenever the server has taken another piece of the pending chunk. */
    public long progress() {
        return progress;
    }

    /** Watches the client, which must take another piece of what is pending within each limit; until closed, or the stream is. */
    public StallWatch watch(Duration limit, Timer timer, Runnable whenStalled) {
        StallWatch watch = new StallWatch(timer, limit, new StallWatch.Subject() {
            @Override
            public long progress() {
                return progress;
            }

            @Override
            public boolean isAwaited() {
                return !isClosed();
            }

            @Override
            public void onStall() {
                whenStalled.run();
            }
        });
        watch.expect();
        return watch;
    }

    /** Names the task that runs once, if the stream ends without being ended or cut: at once, if it has. */
    public void onGone(Runnable listener) {
        // Race: this against the end of the stream; the end runs the listener it finds, and otherwise this line does.
        if (!whenGone.compareAndSet(NOBODY, listener)) listener.run();
    }

    /** Names the task that runs once, however the stream ends, on the thread that gives the response back: must be quick. */
    void onClosed(Runnable listener) {
        // Race: as in onGone.
        if (!whenClosed.compareAndSet(NOBODY, listener)) listener.run();
    }

    /** The one door to every ending but the clean one, which the owner finds when nothing is pending. */
    private boolean close(Phase how) {
        return phase.compareAndSet(Phase.OPEN, how) || phase.compareAndSet(Phase.ENDING, how);
    }

    /** Whether nothing can be written any more. */
    public boolean isClosed() {
        Phase now = phase.get();
        return now != Phase.OPEN && now != Phase.ENDING;
    }

    private void reach(Output now) {
        output.accumulateAndGet(now, (before, next) -> before.compareTo(next) < 0 ? next : before);
    }

    private void advance() {
        owner.trigger();
        // From within a call of the owner's, it is the owner that notifies, once it owns nothing.
        if (owner.isRunByCurrentThread()) return;
        notifier.trigger();
        Phase now = phase.get();
        if (now == Phase.GONE || now == Phase.LEFT) whenGone.getAndSet(TOLD).run();
    }

    private void step() {
        if (output.get() == Output.RELEASED) {
            drop(pending.getAndSet(null));
            return;
        }
        try {
            while (mayWrite() && out.isReady() && proceed()) {}
        } catch (IOException | IllegalStateException gone) {
            // Each server reports a client that has left in its own way, and none of these is logged.
            close(Phase.GONE);
            reach(Output.COMMITTED);
        }
        if (isClosed() && output.get() == Output.COMMITTED) release();
    }

    /** A closed stream is written on until its head is sent, which is when it can be broken off. */
    private boolean mayWrite() {
        return switch (output.get()) {
            case WRITABLE -> true;
            case COMMITTED -> !isClosed();
            case WAITING, RELEASED -> false;
        };
    }

    /** Does one thing with a server that is ready; false if there is nothing to do. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // the owner's; others only look
    private boolean proceed() throws IOException {
        Chunk chunk = inHand == null ? pending.get() : inHand;
        if (chunk == null && phase.get() == Phase.ENDING) chunk = lastChunk();
        if (chunk == null) {
            phase.compareAndSet(Phase.ENDING, Phase.ENDED);
            return false;
        }
        inHand = chunk;
        progress++;
        switch (next) {
            case WRITE -> {
                int length = Math.min(PIECE, chunk.bytes.length - offset);
                if (offset + length == chunk.bytes.length) next = Step.FLUSH;
                out.write(chunk.bytes, offset, length);
                offset += length;
                // A piece is longer than the buffer in which servers keep the head.
                if (next == Step.WRITE) reach(Output.COMMITTED);
            }
            case FLUSH -> {
                next = Step.TAKEN;
                out.flush();
                reach(Output.COMMITTED);
            }
            case TAKEN -> {
                next = Step.WRITE;
                inHand = null;
                offset = 0;
                drop(chunk);
                if (pending.compareAndSet(chunk, null)) whenTaken.set(chunk.whenTaken);
            }
        }
        return true;
    }

    private @Nullable Chunk lastChunk() {
        ResponseFilter how = filter;
        filter = null;
        return how == null ? null : new Chunk(how.end(), NOBODY);
    }

    private void release() {
        output.set(Output.RELEASED);
        Chunk rest = pending.getAndSet(null);
        // The chunk in hand is pending too, except for the first; and a first chunk that others follow is short.
        drop(rest == null ? inHand : rest);
        inHand = null;
        if (expired) out.breakOffExpired();
        else if (phase.get() == Phase.CUT || phase.get() == Phase.LEFT) out.breakOff();
        else if (phase.get() == Phase.ENDED) out.end();
        else out.complete();
        watched.close();
        whenClosed.getAndSet(TOLD).run();
    }

    private void drop(@Nullable Chunk chunk) {
        if (chunk != null) backlog.remove(chunk.bytes);
    }

    /** Runs the task of the chunk that was taken, while no thread of its writer owns the response. */
    private void notifyWriter() {
        Runnable task = whenTaken.getAndSet(null);
        if (task == null || isClosed()) return;
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "The writer of a stream failed", e);
            cut();
        }
    }

    /** The container takes its response back when its callback returns: the owner has to give it back before. */
    void onTakenBack() {
        // Race: this against a step; the stream is closed first, so that no step writes to a response that is not
        // writable yet.
        close(Phase.GONE);
        reach(Output.COMMITTED);
        advance();
        for (int i = 0; i < MOST_PAUSES && output.get() != Output.RELEASED && !owner.isRunByCurrentThread(); i++)
            LockSupport.parkNanos(PAUSE_NANOS);
    }

    /** The container's time is up, and it completes the response itself. */
    void onExpired() {
        expired = true;
        onTakenBack();
    }

    private final class Writable implements WriteListener {

        @Override
        public void onWritePossible() throws IOException {
            out.onWritePossible();
            reach(Output.WRITABLE);
            advance();
        }

        @Override
        public void onError(Throwable gone) {
            if (close(Phase.GONE)) advance();
        }
    }

    private final class Container implements AsyncListener {

        @Override
        public void onTimeout(AsyncEvent event) {
            onExpired();
        }

        @Override
        public void onError(AsyncEvent event) {
            onTakenBack();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            onTakenBack();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // The stream was cut, and its request dispatched to fail.
        }
    }
}
