// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.Connections;
import io.holdfast.flow.HttpExchange;
import io.holdfast.flow.RequestBody;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.Header;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.reactor.IOSession;
import org.jspecify.annotations.Nullable;

/** A request that a worker performs by one exchange of HTTP on its connection. */
final class ExchangedJob implements Performer, RequestBody, ResponseSink {
    private final Asking caller;
    private final HttpExchange exchange;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile BodySink request = BodySink.DISCARD;
    private volatile @Nullable BodySource source;

    ExchangedJob(IOSession session, Order order, Asking caller, Consumer<HttpExchange> whenReleased) {
        this.caller = caller;
        this.exchange = new HttpExchange(session, request(order), order.hasBody() ? this : null, this, whenReleased);
    }

    private static BasicHttpRequest request(Order order) {
        BasicHttpRequest request = new BasicHttpRequest(order.method(), "/");
        request.setPath(order.path());
        for (Header header : order.headers()) request.addHeader(header.name(), header.value());
        if (order.length() >= 0) request.addHeader("Content-Length", Long.toString(order.length()));
        else if (order.hasBody()) request.addHeader("Transfer-Encoding", "chunked");
        return request;
    }

    /** Begins. */
    void send(Duration silence) {
        caller.by(this);
        Connections.send(exchange, silence);
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    @Override
    public BodySource open(BodySink sink) {
        request = sink;
        return new BodySource() {
            @Override
            public void request(long bytes) {
                if (!over.get()) caller.want(bytes);
            }

            @Override
            public void cancel() {
                // Its caller knows.
            }
        };
    }

    @Override
    public void close() {
        // It is not kept here.
    }

    @Override
    public void piece(byte[] bytes) {
        request.piece(ByteBuffer.wrap(bytes));
    }

    @Override
    public void end() {
        request.end();
    }

    @Override
    public void taken(int bytes) {
        BodySource from = source;
        if (from != null) from.request(bytes);
    }

    @Override
    public void cancel() {
        if (over.compareAndSet(false, true)) exchange.abort();
    }

    @Override
    public void progress(byte[] state) {
        if (!over.get()) caller.progress(state);
    }

    @Override
    public BodySink head(ResponseHead head, BodySource from) {
        source = from;
        from.request(BodySource.WINDOW);
        if (!over.get()) caller.head(head.status(), head.headers(), head.length());
        return new BodySink() {
            @Override
            public void piece(ByteBuffer bytes) {
                if (!over.get()) caller.piece(BodySink.bytes(bytes));
            }

            @Override
            public void end() {
                if (over.compareAndSet(false, true)) caller.end();
            }

            @Override
            public void fail(Exception why) {
                ExchangedJob.this.fail((io.holdfast.flow.Failure) why);
            }
        };
    }

    @Override
    public void fail(io.holdfast.flow.Failure why) {
        if (over.compareAndSet(false, true))
            caller.failed(Caller.Failure.valueOf(why.kind().name()), why.detail());
    }
}
