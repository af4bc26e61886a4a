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
 * A connection that the other side has opened and that carries our requests. It does the work that the library's reactor does for
 * connections of its own. It costs no thread, and no buffers before its first request.
 *
 * <p>Before the first request, and while the connection {@linkplain #rest rests}, it is closed if a byte or the end comes.
 */
public final class UpgradedSession implements ProtocolIOSession {
    private static final AtomicLong COUNT = new AtomicLong();
    private static final Runnable NOBODY = () -> {}, TOLD = () -> {};
    private static final Scheduled NEVER = () -> {};

    /*
     * Each change calls advance(). The executor then does the work, on one thread at a time, also for the changes that come in the
     * meantime. The caller must not do it: it may hold locks, also of the library, or be a server in the middle of a callback. No lock is
     * held meanwhile. words begins at 1, so that no work starts before the first callback of the server, which always comes.
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
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicReference<Scheduled> watching = new AtomicReference<>(NEVER);
    private final AtomicReference<Runnable> whenOver = new AtomicReference<>(NOBODY);
    private volatile @Nullable IOEventHandler handler;
    private volatile @Nullable Thread owner;
    private volatile @Nullable IOException broken;
    private volatile int mask = EventMask.READ; // changes under the lock
    private volatile boolean readable, writable, expired;
    private volatile boolean resting = true;
    private volatile Timeout timeout = Timeout.INFINITE;
    private volatile long lastEventNanos;
    private volatile long lastRead, lastWrite, lastEvent;
    private boolean left; // used by the owner only

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
     * @param handlers make the handler when the first command comes; the handler never runs on two threads at once
     * @param executor runs the handler, unless the server has an executor of its own
     */
    public static UpgradedSession open(
            Upgraded connection, IOEventHandlerFactory handlers, Clocks clocks, Executor executor) {
        UpgradedSession session = new UpgradedSession(connection, handlers, clocks, executor);
        connection.listen(session.new Told());
        return session;
    }

    /**
     * Sets the task that runs once when the connection is closed, by either side. It runs at once if the connection is closed already.
     * Must be quick.
     */
    public void whenOver(Runnable task) {
        if (!whenOver.compareAndSet(NOBODY, task)) task.run();
    }

    /** Lets the connection be idle without a limit, because no request is on its way any more. */
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

    /** Serves the events that are ready; false if there are none. */
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

    /** Reads while no request is on its way. The other side should send nothing then. */
    private void hear() throws IOException {
        if (read(ByteBuffer.allocate(1)) != 0) close(CloseMode.GRACEFUL);
    }

    private void flush() throws IOException {
        // Cleared before the call, because the server may call writable() before flush() returns.
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
            // Nothing can be sent any more.
        }
        connection.close();
    }

    @Override
    public void enqueue(Command command, Command.Priority priority) {
        if (priority == Command.Priority.IMMEDIATE) commands.addFirst(command);
        else commands.add(command);
        resting = false;
        setEvent(EventMask.WRITE);
        // If the session was closed in the meantime, no thread would read the command.
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
        return (mask & event) != 0;
    }

    @Override
    public int getEventMask() {
        return mask;
    }

    /*
     * Race: another thread sets an event against the owner, which finds nothing to do and clears it. The library does the second under the
     * lock, after a last look at what the first has counted. So the first waits for the lock, and is never undone.
     */
    @Override
    public void setEventMask(int events) {
        lock.lock();
        try {
            mask = events;
        } finally {
            lock.unlock();
        }
        advance();
    }

    @Override
    public void setEvent(int event) {
        boolean isNew;
        lock.lock();
        try {
            isNew = (mask & event) != event;
            mask |= event;
        } finally {
            lock.unlock();
        }
        if (isNew) advance();
    }

    @Override
    public void clearEvent(int event) {
        lock.lock();
        try {
            mask &= ~event;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        if (!isOwned() || !to.hasRemaining()) return 0;
        readable = false;
        int length = connection.read(to);
        // More bytes, or the end again, may follow.
        if (length != 0) readable = true;
        return length;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        // The library may write from another thread. It tries again when the session is ready for output.
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

    /** The server encrypts the connection, if it is encrypted. */
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
