// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.HopByHop;
import io.holdfast.flow.HttpExchange;
import io.holdfast.http.Header;
import io.holdfast.http.Headers;
import io.holdfast.work.Caller.Failure;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.reactor.IOSession;

/** A request that a worker performs by one exchange of HTTP on its connection. */
abstract class ExchangedJob implements Performer, HttpExchange.RequestBody, HttpExchange.Listener {
    /** How much of a request's body is on its way to the worker. */
    private static final int WINDOW = 128 * 1024;

    private static final String PROGRESS = "Work-Progress";

    private final Order order;
    private final Asking caller;
    private final HttpExchange exchange;
    private final AtomicBoolean over = new AtomicBoolean();
    private final Deque<ByteBuffer> pieces = new ArrayDeque<>(); // guarded by this, as is the next
    private long come;
    private boolean all;
    private volatile boolean kept;

    ExchangedJob(IOSession session, Order order, Asking caller) {
        this.order = order;
        this.caller = caller;
        this.exchange = new HttpExchange(session, request(order), order.hasBody() ? this : null, order.length(), this);
    }

    private static BasicHttpRequest request(Order order) {
        BasicHttpRequest request = new BasicHttpRequest(order.method(), "/");
        request.setPath(order.path());
        for (Header header : order.headers()) request.addHeader(header.name(), header.value());
        if (order.length() >= 0) request.addHeader("Content-Length", Long.toString(order.length()));
        else if (order.hasBody()) request.addHeader("Transfer-Encoding", "chunked");
        return request;
    }

    final HttpExchange exchange() {
        return exchange;
    }

    /** It begins. */
    final void started() {
        caller.by(this);
        if (order.hasBody()) caller.want(WINDOW);
    }

    @Override
    public void piece(byte[] bytes) {
        synchronized (this) {
            pieces.add(ByteBuffer.wrap(bytes));
            come += bytes.length;
            // A worker that counts may answer before it is said that this was all.
            if (come == order.length()) all = true;
        }
        exchange.more();
    }

    @Override
    public void end() {
        synchronized (this) {
            all = true;
        }
        exchange.more();
    }

    @Override
    public synchronized int available() {
        int bytes = all ? 1 : 0;
        for (ByteBuffer piece : pieces) bytes += piece.remaining();
        return bytes;
    }

    @Override
    public boolean writeTo(HttpExchange.Taker taker) throws IOException {
        int written = 0;
        boolean done;
        synchronized (this) {
            for (ByteBuffer next = pieces.peek(); next != null; next = pieces.peek()) {
                written += taker.take(next);
                if (next.hasRemaining()) break;
                pieces.remove();
            }
            done = all && pieces.isEmpty();
        }
        if (written > 0 && !over.get()) caller.want(written);
        return done;
    }

    @Override
    public void taken(int bytes) {
        exchange.taken(bytes);
    }

    @Override
    public void cancel() {
        if (over.compareAndSet(false, true)) exchange.abort();
    }

    @Override
    public void information(HttpResponse information) {
        String progress = value(information, PROGRESS);
        if (!progress.isEmpty() && !over.get()) caller.progress(progress.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void head(HttpResponse head, long length) {
        Headers headers = HopByHop.without(head);
        kept = "keep-alive".equalsIgnoreCase(value(head, "Connection"));
        if (!over.get()) caller.head(head.getCode(), headers, length);
    }

    private static String value(HttpResponse head, String name) {
        var header = head.getFirstHeader(name);
        return header == null ? "" : String.valueOf(header.getValue()).strip();
    }

    /** Whether the worker has said that it keeps its connection. */
    final boolean isKept() {
        return kept;
    }

    @Override
    public void piece(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        if (over.get()) exchange.taken(copy.length);
        else caller.piece(copy);
    }

    @Override
    public void complete() {
        if (over.compareAndSet(false, true)) caller.end();
    }

    @Override
    public void failed(Exception why) {
        if (!over.compareAndSet(false, true)) return;
        if (!exchange.isBegun()) caller.failed(Failure.DECLINED, "the worker was not there");
        else if (why instanceof SocketTimeoutException) caller.failed(Failure.SILENT, "its worker says nothing");
        else if (why instanceof HttpException) caller.failed(Failure.MALFORMED, "its worker does not speak HTTP");
        else caller.failed(Failure.DIED, "its worker has closed the connection");
    }
}
