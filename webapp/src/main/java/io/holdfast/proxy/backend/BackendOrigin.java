// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.backend;

import io.holdfast.concurrent.ClosingReference;
import io.holdfast.flow.Connections;
import io.holdfast.flow.Failure;
import io.holdfast.flow.Failure.Kind;
import io.holdfast.flow.HttpExchange;
import io.holdfast.flow.Origin;
import io.holdfast.flow.RequestBody;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.flow.Running;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.proxy.routes.Route;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.jspecify.annotations.Nullable;

/**
 * The backend that a request is admitted to. It reports to the queues when the backend is reached and when the request leaves it. If
 * there is no response, the sink reports the end instead, because it may want to be admitted again.
 */
public final class BackendOrigin implements Origin<Supplier<BasicHttpRequest>> {
    private static final Logger LOG = System.getLogger(BackendOrigin.class.getName());

    private final BackendQueues queues;
    private final Connector connector;
    private final Admission admission;
    private final Backend backend;
    private final Route.Limits limits;
    private final boolean reuses;

    /**
     * An origin for one request.
     *
     * @param reuses whether the request may be sent on an idle connection, which the backend may be about to close
     */
    public BackendOrigin(
            BackendQueues queues,
            Connector connector,
            Admission admission,
            Backend backend,
            Route.Limits limits,
            boolean reuses) {
        this.queues = queues;
        this.connector = connector;
        this.admission = admission;
        this.backend = backend;
        this.limits = limits;
        this.reuses = reuses;
    }

    /** Fails with {@link Kind#DECLINED} only if the backend was not reached. */
    @Override
    public Running start(Supplier<BasicHttpRequest> request, @Nullable RequestBody body, ResponseSink sink) {
        Exchange exchange = new Exchange(request, body, sink);
        exchange.begin();
        return exchange;
    }

    private final class Exchange implements Running, ResponseSink {
        private final Supplier<BasicHttpRequest> request;
        private final @Nullable RequestBody body;
        private final ResponseSink sink;
        private final AtomicBoolean left = new AtomicBoolean();
        private final ClosingReference<HttpExchange> exchange = new ClosingReference<>(HttpExchange::abort);
        private volatile boolean reused;

        Exchange(Supplier<BasicHttpRequest> request, @Nullable RequestBody body, ResponseSink sink) {
            this.request = request;
            this.body = body;
            this.sink = sink;
        }

        void begin() {
            IOSession idle = reuses ? backend.takeIdle() : null;
            if (idle == null) connect();
            else {
                reused = true;
                send(idle);
            }
        }

        private void connect() {
            connector.connect(backend.target, limits.connectTimeout()).whenComplete((session, error) -> {
                if (session != null) send(session);
                else if (leave()) sink.fail(new Failure(Kind.DECLINED, "the backend was not reached"));
            });
        }

        private boolean leave() {
            return left.compareAndSet(false, true);
        }

        private void send(IOSession session) {
            if (left.get()) {
                session.close(CloseMode.IMMEDIATE);
                return;
            }
            queues.reached(admission);
            try {
                HttpExchange going = new HttpExchange(session, request.get(), body, this, this::released);
                if (exchange.set(going)) Connections.send(going, limits.timeout());
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "A request could not be made", e);
                session.close(CloseMode.IMMEDIATE);
                if (leave()) sink.fail(new Failure(Kind.DIED, String.valueOf(e)));
            }
        }

        @Override
        public void cancel() {
            exchange.close();
            if (leave()) queues.left(admission);
        }

        @Override
        public BodySink head(ResponseHead head, BodySource source) {
            HttpExchange going = exchange.get();
            if (going != null) connector.allowSlowBody(going.session(), limits.timeout());
            BodySink to = sink.head(head, new BodySource() {
                @Override
                public void request(long bytes) {
                    source.request(bytes);
                }

                @Override
                public void cancel() {
                    Exchange.this.cancel();
                }
            });
            return new BodySink() {
                @Override
                public void piece(ByteBuffer bytes) {
                    to.piece(bytes);
                }

                @Override
                public void end() {
                    to.end();
                }

                @Override
                public void fail(Exception why) {
                    if (!leave()) return;
                    queues.left(admission);
                    to.fail(why);
                }
            };
        }

        @Override
        public void fail(Failure why) {
            if (!leave()) return;
            boolean isRepeatable = body == null || body.isRepeatable();
            if (!reused || why.kind() == Kind.SILENT || !isRepeatable) {
                boolean unsent = why.kind() == Kind.DECLINED;
                sink.fail(unsent ? new Failure(Kind.DIED, "the backend has closed the connection") : why);
                return;
            }
            // The idle connection was closed when the request came. That says nothing about the backend.
            reused = false;
            queues.again(admission);
            left.set(false);
            connect();
        }

        private void released(HttpExchange done) {
            boolean first = leave();
            connector.keep(done.session(), backend, done.isReusable() && first);
            if (first) queues.left(admission);
        }
    }
}
