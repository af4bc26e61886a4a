// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.exchange.Connections;
import io.holdfast.exchange.Exchange;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.http.nio.command.RequestExecutionCommand;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.Command;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection that a worker has opened, on which it is then asked: idle, or at one request. Whatever comes of it while it is idle, and
 * be it the end, says that it is not a worker any more.
 */
final class WorkerConnection implements IOEventHandler, Worker {
    private static final Logger LOG = System.getLogger(WorkerConnection.class.getName());

    private final Hub hub;
    private final String queue;
    private final IOSession session;
    private final IOEventHandler http;
    private final Semaphore places;
    private final boolean closes;
    private final AtomicBoolean admitted = new AtomicBoolean();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile Hub.@Nullable Slot slot; // while it is idle

    WorkerConnection(Hub hub, String queue, ProtocolIOSession session, boolean closes, Semaphore places) {
        this.hub = hub;
        this.queue = queue;
        this.session = session;
        this.places = places;
        this.closes = closes;
        this.http = Connections.http1().createHandler(session, null);
    }

    @Override
    public void connected(IOSession connected) throws IOException {
        http.connected(connected);
        if (!places.tryAcquire()) {
            connected.close(CloseMode.IMMEDIATE);
            return;
        }
        admitted.set(true);
        idle();
    }

    private void idle() {
        session.setSocketTimeout(Timeout.DISABLED);
        slot = hub.offer(queue, this);
        if (over.get()) leave();
    }

    private void leave() {
        Hub.Slot idle = slot;
        if (idle != null) idle.leave();
    }

    @Override
    public boolean perform(Order order, long token, Asking asking) {
        slot = null;
        if (over.get() || !session.isOpen()) return false;
        new Job(order, asking).begin();
        return true;
    }

    @Override
    public void inputReady(IOSession ready, @Nullable ByteBuffer bytes) throws IOException {
        Hub.Slot idle = slot;
        // One that it is being given this moment will fail, and say so.
        if (idle != null && idle.leave()) ready.close(CloseMode.IMMEDIATE);
        else http.inputReady(ready, bytes);
    }

    @Override
    public void outputReady(IOSession ready) throws IOException {
        http.outputReady(ready);
    }

    @Override
    public void timeout(IOSession late, Timeout timeout) throws IOException {
        http.timeout(late, timeout);
    }

    @Override
    public void exception(IOSession failed, Exception cause) {
        if (!(cause instanceof IOException)) LOG.log(Level.ERROR, "A connection of a worker failed", cause);
        http.exception(failed, cause);
    }

    @Override
    public void disconnected(IOSession gone) {
        over.set(true);
        if (admitted.compareAndSet(true, false)) places.release();
        leave();
        http.disconnected(gone);
    }

    /** One request that it performs. */
    private final class Job extends ExchangedJob {
        Job(Order order, Asking asking) {
            super(session, order, asking);
        }

        void begin() {
            Exchange exchange = exchange();
            session.setSocketTimeout(Timeout.of(hub.options().silence()));
            started();
            session.enqueue(new RequestExecutionCommand(exchange, HttpCoreContext.create()), Command.Priority.NORMAL);
            // It may have been closed meanwhile, and nobody would look at the command.
            if (!session.isOpen()) exchange.failed(new java.nio.channels.ClosedChannelException());
        }

        @Override
        public void released(boolean reusable) {
            if (reusable && (!closes || isKept()) && session.isOpen() && !over.get()) idle();
            else session.close(CloseMode.GRACEFUL);
        }
    }
}
