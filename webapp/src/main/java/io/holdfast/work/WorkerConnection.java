// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.HttpExchange;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.jspecify.annotations.Nullable;

/** A connection that a worker has opened, on which it is then asked: idle, or at one request. */
final class WorkerConnection implements Worker {
    private final Hub hub;
    private final String queue;
    private final IOSession session;
    private final Runnable rest;
    private final boolean closes;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile Hub.@Nullable Slot slot; // while it is idle

    /**
     * A connection that is open.
     *
     * @param rest lets it be silent for as long as it likes
     * @param closes whether it is used once, unless the worker says that it is kept
     */
    WorkerConnection(Hub hub, String queue, IOSession session, Runnable rest, boolean closes) {
        this.hub = hub;
        this.queue = queue;
        this.session = session;
        this.rest = rest;
        this.closes = closes;
    }

    /** It has nothing to do. */
    void idle() {
        rest.run();
        slot = hub.offer(queue, this);
        if (over.get()) leave();
    }

    /** Gives it nothing more; false if it was given something before, which will then fail and say so. */
    boolean leave() {
        Hub.Slot idle = slot;
        return idle != null && idle.leave();
    }

    /** It is closed. */
    void over() {
        over.set(true);
        leave();
    }

    @Override
    public boolean perform(Order order, long token, Asking asking) {
        slot = null;
        if (over.get() || !session.isOpen()) return false;
        new ExchangedJob(session, order, asking, this::released)
                .send(hub.options().silence());
        return true;
    }

    private void released(HttpExchange done) {
        if (done.isReusable() && (!closes || done.isKept()) && session.isOpen() && !over.get()) idle();
        else session.close(CloseMode.GRACEFUL);
    }
}
