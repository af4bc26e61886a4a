// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A response that is written piece by piece, from any thread, and never waits for its client: one chunk at a time, and the next
 * when the server has taken that one. Ends exactly once: {@linkplain #end ended}, {@linkplain #cut cut}, or gone.
 */
public final class HeldStream {
    private static final Logger LOG = System.getLogger(HeldStream.class.getName());
    /** Of a stream whose length nobody knows when it begins. */
    static final long UNKNOWN = -1;

    private static final int MOST_PAUSES = 1_000;
    private static final long PAUSE_NANOS = 50_000;
    /** A chunk is handed to the server in pieces of this, so that one can tell a client that is slow from one that takes nothing. */
    private static final int PIECE = 64 * 1024;

    private static final Runnable NOBODY = () -> {};
    private static final Runnable TOLD = () -> {};

    /*
     * Whoever changes something calls advance(). The first to come there owns the response and does the work of all who come
     * meanwhile: nobody waits for it, and callbacks that the server makes from within a call of its owner only leave word. The
     * owner takes its last step when the phase says that the stream is over; afterwards nothing here reaches the response.
     */
    private final AsyncContext context;
    private final ServletOutputStream out;
    private final Backlog backlog;
    private final boolean onTomcat;
    private final AtomicInteger words = new AtomicInteger();
    private final AtomicReference<Word> word = new AtomicReference<>(Word.SAID);
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);
    private final AtomicReference<@Nullable Chunk> pending = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> taken = new AtomicReference<>();
    private final AtomicInteger tellers = new AtomicInteger();
    private final AtomicReference<Runnable> whenGone = new AtomicReference<>(NOBODY);
    private final AtomicReference<Runnable> whenOver = new AtomicReference<>(NOBODY);

    private volatile long progress;
    private volatile boolean begun;
    private volatile boolean expired;

    /** Not before the head is on its way: until then, a server would answer with an error instead of breaking off. */
    private volatile boolean breakable;

    private volatile @Nullable Thread owner;
    private volatile @Nullable Recoding recoding;

    /** The owner's: what it is at, what is to be done with it next, and whether it has taken its last step. */
    private @Nullable Chunk inHand;

    private int offset;
    private Step next = Step.WRITE;
    private volatile boolean left;

    private enum Phase {
        OPEN,
        ENDING,
        ENDED,
        CUT,
        GONE
    }

    private enum Step {
        WRITE,
        FLUSH,
        TAKEN
    }

    /** Whether the server has still to say that more can be written, and what it is told then. */
    private enum Word {
        SAID,
        AWAITED,
        ANSWERED_BY_FAILING
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Chunk(byte[] bytes, Runnable whenTaken) {}

    private HeldStream(AsyncContext context, ServletOutputStream out, Backlog backlog, byte[] first) {
        this.context = context;
        this.out = out;
        this.backlog = backlog;
        this.onTomcat = ServerKind.of((HttpServletRequest) context.getRequest()) == ServerKind.TOMCAT;
        this.inHand = new Chunk(first, NOBODY);
    }

    static HeldStream of(
            HttpServletRequest request,
            HttpServletResponse response,
            Answer head,
            Duration backstop,
            Backlog backlog,
            boolean withBody)
            throws IOException {
        head.writeHeadTo(response);
        ServletOutputStream out = response.getOutputStream();
        // What it cannot flush from a buffer Undertow keeps there until the next chunk, and does not say so.
        if (Parting.isUndertow(out)) response.setBufferSize(1);
        if (!withBody) response.flushBuffer();
        AsyncContext context = request.startAsync();
        context.setTimeout(backstop.toMillis());
        HeldStream stream = new HeldStream(context, out, backlog, head.body());
        stream.breakable = !withBody;
        context.addListener(stream.new Container());
        if (withBody) out.setWriteListener(stream.new Writable());
        else stream.finish(Phase.GONE);
        return stream;
    }

    /** The stream that answers a request which is held already; the holder passes on what the container reports. */
    static HeldStream of(AsyncContext context, Reply head, long length, Backlog backlog) throws IOException {
        HttpServletResponse response = (HttpServletResponse) context.getResponse();
        head.writeHeadTo(response);
        if (length != UNKNOWN) response.setContentLengthLong(length);
        ServletOutputStream out = response.getOutputStream();
        if (Parting.isUndertow(out)) response.setBufferSize(1);
        return begun(context, out, head, backlog);
    }

    /** The same for what is shown in another form, in which it has begun. */
    static HeldStream of(AsyncContext context, Reply begun, Recoding recoding, Backlog backlog) throws IOException {
        HeldStream stream = of(context, begun, UNKNOWN, backlog);
        stream.recoding = recoding;
        return stream;
    }

    /** The same for an answer that is whole, and in the backlog already. */
    static HeldStream ofWhole(AsyncContext context, Reply whole, Backlog backlog) throws IOException {
        HttpServletResponse response = (HttpServletResponse) context.getResponse();
        whole.writeHeadTo(response);
        ServletOutputStream out = response.getOutputStream();
        response.setContentLength(whole.body().length);
        return begun(context, out, whole, backlog);
    }

    private static HeldStream begun(AsyncContext context, ServletOutputStream out, Reply head, Backlog backlog) {
        HeldStream stream = new HeldStream(context, out, backlog, head.body());
        out.setWriteListener(stream.new Writable());
        return stream;
    }

    /**
     * Hands over one chunk, which is flushed to the client by itself. The task runs once the server has taken it and takes the
     * next: never two tasks at a time, and never one from within another, so it may write the next chunk. It runs here or on a
     * thread that serves connections, and must not block.
     *
     * @return false if the stream is over or ending, or slow clients take too much memory to begin with this; the task will not
     *     run then
     * @throws IllegalStateException if the chunk before is still pending
     */
    public boolean write(byte[] piece, Runnable whenTaken) {
        if (phase.get() != Phase.OPEN) return false;
        Recoding how = recoding;
        byte[] chunk = how == null ? piece : how.more(piece);
        if (!backlog.add(chunk)) return false;
        if (!pending.compareAndSet(null, new Chunk(chunk, whenTaken))) {
            backlog.remove(chunk);
            throw new IllegalStateException("The chunk before is still pending");
        }
        advance();
        return true;
    }

    /** Ends the response cleanly as soon as the pending chunk is taken; false if it is over, or ending already. */
    public boolean end() {
        if (!phase.compareAndSet(Phase.OPEN, Phase.ENDING)) return false;
        advance();
        return true;
    }

    /** Breaks the response off, whatever is pending; false if it is over already. */
    public boolean cut() {
        return finish(Phase.CUT);
    }

    /** Grows whenever the server has taken another piece of what is pending. */
    public long progress() {
        return progress;
    }

    /** Names the one to be told, once, when the stream is over without having been ended or cut: at once, if it is. */
    public void onGone(Runnable listener) {
        if (!whenGone.compareAndSet(NOBODY, listener)) listener.run();
    }

    /** Names the one to be told, once, however the stream ends: by whoever ends it, so it must be quick. */
    void onOver(Runnable listener) {
        if (!whenOver.compareAndSet(NOBODY, listener)) listener.run();
    }

    /** The one door to every ending but the clean one, which the owner finds when nothing is pending. */
    private boolean finish(Phase how) {
        if (!phase.compareAndSet(Phase.OPEN, how) && !phase.compareAndSet(Phase.ENDING, how)) return false;
        advance();
        return true;
    }

    /** Whether nothing can be written any more. */
    public boolean isOver() {
        Phase now = phase.get();
        return now != Phase.OPEN && now != Phase.ENDING;
    }

    private void advance() {
        if (words.getAndIncrement() == 0) {
            int heard = 1;
            do {
                owner = Thread.currentThread();
                step();
                owner = null;
                heard = words.addAndGet(-heard);
            } while (heard != 0);
        }
        // From within a call of the owner's: it will tell, when it owns nothing.
        if (owner != Thread.currentThread()) tell();
    }

    private void step() {
        if (left) {
            drop(pending.getAndSet(null));
            return;
        }
        try {
            while (begun && !(isOver() && breakable) && out.isReady() && proceed()) {}
        } catch (IOException | IllegalStateException gone) {
            // Each server reports a client that has left in its own way; none of them is news.
            if (!phase.compareAndSet(Phase.OPEN, Phase.GONE)) phase.compareAndSet(Phase.ENDING, Phase.GONE);
            breakable = true;
        }
        if (isOver() && breakable) leave();
    }

    /** One thing that a stream which is ready may be asked for; false if there is nothing to do. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // the owner's; others only look
    private boolean proceed() throws IOException {
        Chunk chunk = inHand == null ? pending.get() : inHand;
        if (chunk == null && phase.get() == Phase.ENDING) chunk = ending();
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
                // A piece is longer than what servers keep before they send the head.
                if (next == Step.WRITE) breakable = true;
            }
            case FLUSH -> {
                next = Step.TAKEN;
                out.flush();
                breakable = true;
            }
            case TAKEN -> {
                next = Step.WRITE;
                inHand = null;
                offset = 0;
                drop(chunk);
                if (pending.compareAndSet(chunk, null)) taken.set(chunk.whenTaken);
            }
        }
        return true;
    }

    private @Nullable Chunk ending() {
        Recoding how = recoding;
        recoding = null;
        return how == null ? null : new Chunk(how.end(), NOBODY);
    }

    private void leave() {
        left = true;
        Chunk rest = pending.getAndSet(null);
        // What is in hand is pending too, but for the first; and where more follows, that is short.
        drop(rest == null ? inHand : rest);
        inHand = null;
        boolean cut = phase.get() == Phase.CUT;
        if (expired || (cut && !failsNext())) Parting.breakOff(context);
        else if (!cut) Parting.complete(context);
        whenOver.getAndSet(TOLD).run();
    }

    /**
     * Whether Tomcat will break the response off by itself: it owes a call, and that will fail. To dispatch the request could
     * overtake the call, which would then find nobody, and never come again.
     */
    private boolean failsNext() {
        if (!onTomcat) return false;
        try {
            do {
                word.set(Word.AWAITED);
                if (out.isReady()) return false;
            } while (!word.compareAndSet(Word.AWAITED, Word.ANSWERED_BY_FAILING));
            return true;
        } catch (RuntimeException ended) {
            // The container has taken its response back.
            return false;
        }
    }

    private void drop(@Nullable Chunk chunk) {
        if (chunk != null) backlog.remove(chunk.bytes);
    }

    /** Tells what has come about, while nothing is owned. */
    private void tell() {
        if (tellers.getAndIncrement() == 0) {
            int heard = 1;
            do {
                Runnable whenTaken = taken.getAndSet(null);
                if (whenTaken != null && !isOver()) run(whenTaken);
                heard = tellers.addAndGet(-heard);
            } while (heard != 0);
        }
        if (phase.get() == Phase.GONE) whenGone.getAndSet(TOLD).run();
    }

    private void run(Runnable whenTaken) {
        try {
            whenTaken.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "The writer of a stream failed", e);
            cut();
        }
    }

    /** The container takes its response back when the callback returns: whoever owns it lets go of it before. */
    void settle() {
        breakable = true;
        finish(Phase.GONE);
        for (int i = 0; i < MOST_PAUSES && !left && owner != Thread.currentThread(); i++)
            LockSupport.parkNanos(PAUSE_NANOS);
    }

    /** The container's time is up, and it completes the response itself. */
    void expired() {
        expired = true;
        settle();
    }

    private final class Writable implements WriteListener {

        @Override
        public void onWritePossible() throws IOException {
            begun = true;
            if (word.getAndSet(Word.SAID) == Word.ANSWERED_BY_FAILING) throw new IOException(Parting.CUT);
            advance();
        }

        @Override
        public void onError(Throwable gone) {
            finish(Phase.GONE);
        }
    }

    private final class Container implements AsyncListener {

        @Override
        public void onTimeout(AsyncEvent event) {
            expired();
        }

        @Override
        public void onError(AsyncEvent event) {
            settle();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            settle();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // The stream was cut.
        }
    }
}
