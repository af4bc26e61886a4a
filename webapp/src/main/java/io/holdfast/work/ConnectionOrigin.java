// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.Connections;
import io.holdfast.flow.Failure;
import io.holdfast.flow.Failure.Kind;
import io.holdfast.flow.HttpExchange;
import io.holdfast.flow.Origin;
import io.holdfast.flow.RequestBody;
import io.holdfast.flow.ResponseSink;
import io.holdfast.flow.Running;
import io.holdfast.http.message.Header;
import io.holdfast.work.relay.Assignment;
import io.holdfast.work.relay.Order;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.jspecify.annotations.Nullable;

/** A connection that a worker has opened. It is idle or carries one request. */
final class ConnectionOrigin implements Origin<Assignment> {
    private final Matchmaker matchmaker;
    private final String queue;
    private final IOSession session;
    private final Runnable rest;
    private final boolean closes;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable IdleWorker offer; // while it is idle

    /**
     * A connection that is open now.
     *
     * @param rest lets the connection be idle without a limit
     * @param closes whether the connection is used only once, unless the worker announces that it keeps it
     */
    ConnectionOrigin(Matchmaker matchmaker, String queue, IOSession session, Runnable rest, boolean closes) {
        this.matchmaker = matchmaker;
        this.queue = queue;
        this.session = session;
        this.rest = rest;
        this.closes = closes;
    }

    /** Offers the connection to the next request. */
    void idle() {
        rest.run();
        offer = matchmaker.offer(queue, this, false);
        // Race: the end of the connection against the line above; whichever comes second sees the other, and withdraws
        // the offer.
        if (over.get()) leave();
    }

    /** Withdraws the offer; false if the connection has got a request before. That request then fails. */
    boolean leave() {
        IdleWorker idle = offer;
        return idle != null && idle.leave();
    }

    /** The connection is closed. */
    void onClosed() {
        over.set(true);
        leave();
    }

    @Override
    public Running start(Assignment given, @Nullable RequestBody body, ResponseSink sink) {
        offer = null;
        if (over.get() || !session.isOpen()) {
            sink.fail(new Failure(Kind.DECLINED, "the worker was not there"));
            return Running.NONE;
        }
        HttpExchange exchange = new HttpExchange(
                session, request(given.order()), given.order().hasBody() ? body : null, sink, this::released);
        Connections.send(exchange, matchmaker.options().silence());
        return exchange::abort;
    }

    private static BasicHttpRequest request(Order order) {
        BasicHttpRequest request = new BasicHttpRequest(order.method(), "/");
        request.setPath(order.path());
        for (Header header : order.headers()) request.addHeader(header.name(), header.value());
        if (order.length() >= 0) request.addHeader("Content-Length", Long.toString(order.length()));
        else if (order.hasBody()) request.addHeader("Transfer-Encoding", "chunked");
        return request;
    }

    private void released(HttpExchange done) {
        if (done.isReusable() && (!closes || done.isKept()) && session.isOpen() && !over.get()) idle();
        else session.close(CloseMode.GRACEFUL);
    }
}
