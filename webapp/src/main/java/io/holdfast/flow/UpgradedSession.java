// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.server.Upgraded;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.Command;
import org.apache.hc.core5.reactor.EventMask;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOEventHandlerFactory;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.reactor.ssl.SSLSessionInitializer;
import org.apache.hc.core5.reactor.ssl.SSLSessionVerifier;
import org.apache.hc.core5.reactor.ssl.TlsDetails;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection that somebody else has opened to us and that carries our requests: what the library's reactor is to a connection of
 * its own. Costs no thread, and no buffers before its first request.
 *
 * <p>Until the first request, and whenever it {@linkplain #rest rests}, a byte that comes, or the end, closes it.
 */
public final class UpgradedSession implements ProtocolIOSession {
    private static final AtomicLong COUNT = new AtomicLong();
    private static final Runnable NOBODY = () -> {}, TOLD = () -> {};
    private static final Scheduled NEVER = () -> {};

    /*
     * Whoever changes something calls advance(). What is to be done then is done by the executor, by one thread at a time, for all who
     * come meanwhile: who enqueues a command or lets bytes go may hold locks of his own, the library's among them, and a server that
     * tells something may be in the middle of it. No lock is held here. The first word is there from the start, and is heard when
     * the server tells what it always tells.
     */
    private final Upgraded connection;
    private final IOEventHandlerFactory handlers;
    private final Clocks clocks;
    private final Executor executor;
    private final String id = "upgraded-" + COUNT.incrementAndGet();
    private final Lock lock = new ReentrantLock();
    private final Deque<Command> commands = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicInteger words = new AtomicInteger(1);
    private final AtomicInteger mask = new AtomicInteger(EventMask.READ);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicReference<Scheduled> watching = new AtomicReference<>(NEVER);
    private final AtomicReference<Runnable> whenOver = new AtomicReference<>(NOBODY);
    private volatile @Nullable IOEventHandler handler;
    private volatile @Nullable Thread owner;
    private volatile @Nullable IOException broken;
    private volatile boolean readable, writable, expired;
    private volatile boolean resting = true;
    private volatile Timeout timeout = Timeout.INFINITE;
    private volatile long lastEventNanos;
    private volatile long lastRead, lastWrite, lastEvent;
    private boolean left; // the owner's

    private UpgradedSession(Upgraded connection, IOEventHandlerFactory handlers, Clocks clocks, Executor executor) {
        this.connection = connection;
        this.handlers = handlers;
        this.clocks = clocks;
        this.executor = executor;
        updateReadTime();
        updateWriteTime();
    }

    /**
     * Begins to serve the connection.
     *
     * @param handlers make the handler, which never runs on two threads at once, when there is a first command for it
     * @param executor runs it, if the server does not want that done elsewhere
     */
    public static UpgradedSession open(
            Upgraded connection, IOEventHandlerFactory handlers, Clocks clocks, Executor executor) {
        UpgradedSession session = new UpgradedSession(connection, handlers, clocks, executor);
        connection.listen(session.new Told());
        return session;
    }

    /** Names the one to be told, once, when it is closed, by whomever: at once, if it is. Must be quick. */
    public void whenOver(Runnable task) {
        if (!whenOver.compareAndSet(NOBODY, task)) task.run();
    }

    /** No request is on its way any more, and it may be silent for as long as it likes. */
    public void rest() {
        setSocketTimeout(Timeout.INFINITE);
        resting = true;
        advance();
    }

    private void advance() {
        if (words.getAndIncrement() == 0) workLater();
    }

    private void workLater() {
        try {
            connection.executor(executor).execute(this::work);
        } catch (RejectedExecutionException stopped) {
            work();
        }
    }

    private void work() {
        int heard = 1;
        do {
            owner = Thread.currentThread();
            step();
            owner = null;
            heard = words.addAndGet(-heard);
        } while (heard != 0);
    }

    private boolean isOwned() {
        return owner == Thread.currentThread();
    }

    private void step() {
        try {
            IOException why = broken;
            if (why != null && isOpen()) throw why;
            if (expired && isOpen()) expire();
            while (isOpen() && serve()) {}
            if (isOpen() && writable) flush();
        } catch (Exception e) {
            IOEventHandler told = handler;
            if (told != null && isOpen()) told.exception(this, e);
            close(CloseMode.IMMEDIATE);
        }
        if (!isOpen()) leave();
    }

    /** Serves what is ready; false if nothing is. */
    private boolean serve() throws IOException {
        if (handler == null && hasCommands()) begin();
        boolean input = readable && wants(EventMask.READ);
        if (input) {
            updateReadTime();
            IOEventHandler serving = handler;
            if (resting || serving == null) hear();
            else serving.inputReady(this, null);
        }
        boolean output = isOpen() && writable && wants(EventMask.WRITE);
        if (output) {
            updateWriteTime();
            IOEventHandler serving = handler;
            if (serving == null) clearEvent(EventMask.WRITE);
            else serving.outputReady(this);
        }
        return input || output;
    }

    private void begin() throws IOException {
        IOEventHandler begun = handlers.createHandler(this, null);
        handler = begun;
        begun.connected(this);
    }

    /** Reads while no request is on its way: the other side should send nothing. */
    private void hear() throws IOException {
        if (read(ByteBuffer.allocate(1)) != 0) close(CloseMode.GRACEFUL);
    }

    private void flush() throws IOException {
        // Before it is asked: the server may be faster than its answer.
        writable = false;
        if (connection.flush()) writable = true;
    }

    private void expire() throws IOException {
        expired = false;
        IOEventHandler told = handler;
        if (remaining().isNegative() || remaining().isZero()) {
            if (told == null) close(CloseMode.GRACEFUL);
            else told.timeout(this, timeout);
            lastEventNanos = clocks.ticker().nanos();
        }
        watch();
    }

    private Duration remaining() {
        return timeout.toDuration().minusNanos(clocks.ticker().nanos() - lastEventNanos);
    }

    private void watch() {
        boolean needed = isOpen() && timeout.isEnabled();
        Scheduled next = needed ? clocks.timer().after(remaining(), this::look) : NEVER;
        watching.getAndSet(next).cancel();
    }

    private void look() {
        expired = true;
        advance();
    }

    private void leave() {
        if (!left) {
            left = true;
            watching.getAndSet(NEVER).cancel();
            part();
            IOEventHandler told = handler;
            if (told != null) told.disconnected(this);
            whenOver.getAndSet(TOLD).run();
        }
        for (Command command = poll(); command != null; command = poll()) command.cancel();
    }

    private void part() {
        try {
            connection.flush();
        } catch (IOException | RuntimeException gone) {
            // Then there is nothing to be sent.
        }
        connection.close();
    }

    @Override
    public void enqueue(Command command, Command.Priority priority) {
        if (priority == Command.Priority.IMMEDIATE) commands.addFirst(command);
        else commands.add(command);
        resting = false;
        setEvent(EventMask.WRITE);
        // It may have been closed meanwhile, and nobody would look at the command.
        if (!isOpen() && commands.remove(command)) command.cancel();
    }

    @Override
    public boolean hasCommands() {
        return !commands.isEmpty();
    }

    @Override
    public @Nullable Command poll() {
        return commands.poll();
    }

    private boolean wants(int event) {
        return (mask.get() & event) != 0;
    }

    @Override
    public int getEventMask() {
        return mask.get();
    }

    @Override
    public void setEventMask(int events) {
        mask.set(events);
        advance();
    }

    @Override
    public void setEvent(int event) {
        int before = mask.getAndUpdate(events -> events | event);
        if ((before & event) != event) advance();
    }

    @Override
    public void clearEvent(int event) {
        mask.getAndUpdate(events -> events & ~event);
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        if (!isOwned() || !to.hasRemaining()) return 0;
        readable = false;
        int length = connection.read(to);
        // There may be more, or the end again.
        if (length != 0) readable = true;
        return length;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        // The library may try from elsewhere, and comes again when the session is ready for output.
        if (!isOwned() || !from.hasRemaining()) return 0;
        writable = false;
        int length = connection.write(from);
        if (!from.hasRemaining()) writable = true;
        return length;
    }

    @Override
    public ByteChannel channel() {
        return this;
    }

    @Override
    public Status getStatus() {
        return isOpen() ? Status.ACTIVE : Status.CLOSED;
    }

    @Override
    public boolean isOpen() {
        return !closed.get();
    }

    @Override
    public void close() {
        close(CloseMode.GRACEFUL);
    }

    @Override
    public void close(CloseMode mode) {
        if (closed.compareAndSet(false, true)) advance();
    }

    @Override
    public Timeout getSocketTimeout() {
        return timeout;
    }

    @Override
    public void setSocketTimeout(@Nullable Timeout after) {
        timeout = Timeout.defaultsToInfinite(after);
        lastEventNanos = clocks.ticker().nanos();
        watch();
    }

    @Override
    public void updateReadTime() {
        lastRead = happened();
    }

    @Override
    public void updateWriteTime() {
        lastWrite = happened();
    }

    private long happened() {
        lastEventNanos = clocks.ticker().nanos();
        lastEvent = clocks.wall().millis();
        return lastEvent;
    }

    @Override
    public long getLastReadTime() {
        return lastRead;
    }

    @Override
    public long getLastWriteTime() {
        return lastWrite;
    }

    @Override
    public long getLastEventTime() {
        return lastEvent;
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public @Nullable IOEventHandler getHandler() {
        return handler;
    }

    @Override
    public void upgrade(IOEventHandler other) {
        handler = other;
    }

    @Override
    public Lock getLock() {
        return lock;
    }

    @Override
    public SocketAddress getRemoteAddress() {
        return connection.remoteAddress();
    }

    @Override
    public SocketAddress getLocalAddress() {
        return connection.localAddress();
    }

    @Override
    public @Nullable NamedEndpoint getInitialEndpoint() {
        return null;
    }

    /** If there is encryption, it is the server's. */
    @Override
    public @Nullable TlsDetails getTlsDetails() {
        return null;
    }

    @Override
    public void startTls(
            SSLContext context,
            NamedEndpoint endpoint,
            SSLBufferMode mode,
            SSLSessionInitializer initializer,
            SSLSessionVerifier verifier,
            Timeout handshake) {
        throw new UnsupportedOperationException("An upgraded connection is encrypted by the server, or not at all");
    }

    @Override
    public String toString() {
        return id + " " + getStatus() + " from " + getRemoteAddress();
    }

    private final class Told implements Upgraded.Listener {

        @Override
        public void readable() {
            readable = true;
            advance();
        }

        @Override
        public void writable() {
            writable = true;
            tell();
        }

        @Override
        public void broken(IOException why) {
            broken = why;
            tell();
        }

        private void tell() {
            if (begun.compareAndSet(false, true)) workLater();
            else advance();
        }
    }
}
