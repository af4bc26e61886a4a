// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.Upload;
import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on its way to a backend. As long as it is not longer than the buffer, it can be sent again; what is longer is
 * passed on once, as the backend takes it.
 */
public final class Intake implements Upload.Sink, Content, HttpExchange.RequestBody {
    private final long buffer, most;
    private final List<ByteBuffer> pieces = new ArrayList<>(); // all state is guarded by this
    private Consumer<Exception> whenBroken = why -> {};
    private @Nullable Upload upload;
    private @Nullable Runnable sender;
    private int next;
    private long all, kept, seen;
    private @Nullable Scheduled looking;
    private boolean ended, repeatable = true, broken, closed;

    /**
     * A body of which so many bytes are kept.
     *
     * @param buffer how many bytes are kept
     * @param most the longest body, in bytes
     */
    public Intake(long buffer, long most) {
        this.buffer = buffer;
        this.most = most;
    }

    /** A body that is here already. */
    public static Intake of(byte[] whole) {
        Intake intake = new Intake(whole.length, Long.MAX_VALUE);
        intake.piece(ByteBuffer.wrap(whole));
        intake.end();
        return intake;
    }

    /** Begins to take it; if there is no more though there should be, somebody is told why. */
    public void from(Upload source, Duration stall, Timer timer, Consumer<Exception> whenNoMore) {
        synchronized (this) {
            upload = source;
            whenBroken = whenNoMore;
            looking = timer.every(stall, () -> look(source));
        }
        // One more, to see the end of a body that just fits.
        source.want(buffer + 1);
    }

    /** Nothing of it may come for so long as this is called again, where something is wanted. */
    private void look(Upload source) {
        boolean stalled;
        synchronized (this) {
            stalled = !ended && !closed && all == seen && source.isAwaited();
            seen = all;
        }
        if (stalled) broken(new StalledException());
    }

    private void lookNoMore() {
        if (looking != null) looking.cancel();
        looking = null;
    }

    @Override
    public synchronized boolean isRepeatable() {
        return repeatable && !broken;
    }

    /** How long it is, as far as has come. */
    public synchronized long length() {
        return all;
    }

    @Override
    public synchronized void sendBy(Runnable more) {
        sender = more;
        next = 0;
        pieces.forEach(ByteBuffer::rewind);
    }

    @Override
    public void close() {
        long freed;
        Upload source;
        synchronized (this) {
            closed = true;
            lookNoMore();
            repeatable = false;
            freed = kept;
            kept = 0;
            pieces.clear();
            next = 0;
            sender = null;
            source = upload;
        }
        letGo(source, freed);
    }

    private static void letGo(@Nullable Upload source, long bytes) {
        if (source != null) source.let(bytes);
    }

    @Override
    public void piece(ByteBuffer bytes) {
        Runnable more;
        boolean tooLong, late;
        Upload source;
        synchronized (this) {
            all += bytes.remaining();
            tooLong = all > most;
            late = closed;
            source = upload;
            if (!tooLong && !late) {
                kept += bytes.remaining();
                pieces.add(bytes);
            }
            more = sender;
        }
        if (late) letGo(source, bytes.remaining());
        else if (tooLong) broken(new TooLongException());
        else if (more != null) more.run();
    }

    @Override
    public void end() {
        Runnable more;
        synchronized (this) {
            ended = true;
            lookNoMore();
            more = sender;
        }
        if (more != null) more.run();
    }

    @Override
    public void broken(Exception why) {
        Consumer<Exception> told;
        synchronized (this) {
            if (broken) return;
            broken = true;
            lookNoMore();
            told = whenBroken;
        }
        told.accept(why);
    }

    @Override
    public synchronized int available() {
        int bytes = ended ? 1 : 0;
        for (int i = next; i < pieces.size(); i++) bytes += pieces.get(i).remaining();
        return bytes;
    }

    @Override
    public boolean writeTo(HttpExchange.Taker taker) throws IOException {
        long freed = 0;
        Upload source;
        boolean done;
        synchronized (this) {
            while (next < pieces.size() && write(pieces.get(next), taker)) next++;
            if (all > buffer && next > 0) freed = forgetSent();
            done = ended && next == pieces.size();
            source = upload;
        }
        if (source != null && freed > 0) {
            source.let(freed);
            source.want(freed);
        }
        return done;
    }

    private static boolean write(ByteBuffer piece, HttpExchange.Taker taker) throws IOException {
        taker.take(piece);
        return !piece.hasRemaining();
    }

    private long forgetSent() {
        repeatable = false;
        long bytes = 0;
        for (ByteBuffer piece : pieces.subList(0, next)) bytes += piece.limit();
        pieces.subList(0, next).clear();
        next = 0;
        kept -= bytes;
        return bytes;
    }

    /** Nothing of it has come for too long. */
    public static final class StalledException extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** The body is longer than its route allows. */
    public static final class TooLongException extends Exception {
        private static final long serialVersionUID = 1;
    }
}
