// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.flow.Failure.Kind;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.RequestNotExecutedException;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.jspecify.annotations.Nullable;

/**
 * A request and its response on one connection. The library pulls the body of the request and announces room for the response; this class
 * connects that to sources and sinks. The exchange ends in one of two ways: the response is complete and the connection is released, or
 * the exchange fails.
 */
public final class HttpExchange implements AsyncClientExchangeHandler {
    private static final String PROGRESS = "Work-Progress";

    private final IOSession session;
    private final BasicHttpRequest request;
    private final @Nullable RequestBody body;
    private final long length;
    private final ResponseSink sink;
    private final Consumer<HttpExchange> whenReleased;
    private final AtomicBoolean over = new AtomicBoolean(), released = new AtomicBoolean();
    /** Whether it is decided that the request is sent, or that it never is. */
    private final AtomicBoolean decided = new AtomicBoolean();

    private final AtomicBoolean cancelledTooLate = new AtomicBoolean();
    /** The room for the response, in bytes. The library has already made room for the first window. */
    private final AtomicLong room = new AtomicLong(-BodySource.WINDOW);

    private final Deque<ByteBuffer> unsent = new ArrayDeque<>(); // guarded by itself, as is the next field
    private long received;
    private volatile boolean allReceived;

    private volatile @Nullable BodySink receiver; // receives the body of the response after its head
    private volatile @Nullable BodySource source;
    private volatile @Nullable DataStreamChannel out;
    private volatile @Nullable CapacityChannel in;
    private volatile boolean begun, sent, reusable, kept, complete;

    /**
     * An exchange on a free connection.
     *
     * @param request the request; its {@code Content-Length} is the length of the body
     * @param body null if there is none
     * @param whenReleased runs when the response is complete and the connection is free for another request, or must be closed
     */
    public HttpExchange(
            IOSession session,
            BasicHttpRequest request,
            @Nullable RequestBody body,
            ResponseSink sink,
            Consumer<HttpExchange> whenReleased) {
        this.session = session;
        this.request = request;
        this.body = body;
        this.length = lengthOf(request);
        this.sink = sink;
        this.whenReleased = whenReleased;
    }

    private static long lengthOf(BasicHttpRequest request) {
        String length = value(request.getFirstHeader("Content-Length"));
        return length.isEmpty() ? -1 : Long.parseLong(length);
    }

    private static String value(@Nullable Header header) {
        return header == null ? "" : String.valueOf(header.getValue()).strip();
    }

    /** Opens the body, because the exchange will be sent at once. */
    void start() {
        if (body == null || over.get()) return;
        BodySource opened = body.open(new Outgoing());
        source = opened;
        opened.request(BodySource.WINDOW);
    }

    /** Its connection. */
    public IOSession session() {
        return session;
    }

    /** Whether the connection may carry another request. */
    public boolean isReusable() {
        return reusable && sent;
    }

    /** Whether the other side has announced that it keeps the connection. */
    public boolean isKept() {
        return kept;
    }

    /** Cuts the connection, unless the exchange is over. No sink is called. */
    public void abort() {
        if (!over.compareAndSet(false, true)) return;
        closeSource();
        session.close(CloseMode.IMMEDIATE);
    }

    private void closeSource() {
        BodySource from = source;
        if (from != null) from.cancel();
    }

    /** Makes the requested room. The library provides its channel only after the first window is used up. */
    private void makeRoom() throws IOException {
        CapacityChannel channel = in;
        if (channel == null || over.get()) return;
        long bytes = room.getAndUpdate(now -> Math.min(now, 0));
        if (bytes > 0) channel.update((int) Math.min(bytes, Integer.MAX_VALUE));
    }

    @Override
    public void produceRequest(RequestChannel channel, HttpContext context) throws HttpException, IOException {
        if (!decided.compareAndSet(false, true)) throw new ConnectionClosedException("The request was cancelled");
        begun = true;
        sent = body == null;
        channel.sendRequest(request, body == null ? null : new BasicEntityDetails(length, null), context);
    }

    @Override
    public int available() {
        if (body == null || sent) return 0;
        int bytes = allReceived ? 1 : 0;
        synchronized (unsent) {
            for (ByteBuffer piece : unsent) bytes += piece.remaining();
        }
        return bytes;
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
        out = channel;
        if (body == null || sent || over.get()) return;
        int written = 0;
        boolean all;
        synchronized (unsent) {
            for (ByteBuffer next = unsent.peek(); next != null; next = unsent.peek()) {
                written += channel.write(next);
                if (next.hasRemaining()) break;
                unsent.remove();
            }
            all = allReceived && unsent.isEmpty();
        }
        if (all) {
            sent = true;
            channel.endStream(List.of());
        }
        BodySource from = source;
        if (written > 0 && from != null && !over.get()) from.request(written);
    }

    @Override
    public void consumeInformation(HttpResponse information, HttpContext context) {
        // The request did not ask for another protocol.
        if (information.getCode() == HttpStatus.SC_SWITCHING_PROTOCOLS)
            failed(new ProtocolException("The other side speaks another protocol"));
        String progress = value(information.getFirstHeader(PROGRESS));
        if (!progress.isEmpty() && !over.get()) sink.progress(progress.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void consumeResponse(HttpResponse response, @Nullable EntityDetails entity, HttpContext context) {
        reusable = DefaultConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context);
        kept = "keep-alive".equalsIgnoreCase(value(response.getFirstHeader("Connection")));
        if (over.get()) return;
        long bytes = entity == null ? 0 : entity.getContentLength();
        receiver = sink.head(new ResponseHead(response.getCode(), HopByHop.without(response), bytes), new Incoming());
        if (entity == null) complete();
    }

    @Override
    public void updateCapacity(CapacityChannel channel) throws IOException {
        in = channel;
        makeRoom();
    }

    @Override
    public void consume(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        BodySink to = receiver;
        if (to != null && !over.get()) to.piece(ByteBuffer.wrap(copy));
    }

    @Override
    public void streamEnd(@Nullable List<? extends Header> trailers) {
        complete();
    }

    private void complete() {
        if (!over.compareAndSet(false, true)) return;
        complete = true;
        BodySink to = receiver;
        if (to != null) to.end();
        if (sent) return;
        // The response is complete before the request: the rest of the request is not needed.
        closeSource();
        session.close(CloseMode.IMMEDIATE);
    }

    /**
     * The request or its response has failed.
     *
     * <p>If a connection closes while a request is enqueued, the library cancels the request without knowing whether the connection has
     * sent it. If so, the response may be coming, and the connection tells how that ends.
     */
    @Override
    public void failed(Exception why) {
        if (why instanceof RequestNotExecutedException && !decided.compareAndSet(false, true)) {
            cancelledTooLate.set(true);
            return;
        }
        if (!over.compareAndSet(false, true)) return;
        closeSource();
        session.close(CloseMode.IMMEDIATE);
        Failure failure = failure(why);
        BodySink to = receiver;
        if (to != null) to.fail(failure);
        else sink.fail(failure);
    }

    @Override
    public void cancel() {
        failed(new IOException("The connection was closed"));
    }

    @Override
    public void releaseResources() {
        // The library releases what it cancels. The connection releases it, too, whichever comes first.
        if (cancelledTooLate.compareAndSet(true, false)) return;
        if (!complete) failed(new IOException("The connection was closed"));
        else if (released.compareAndSet(false, true)) whenReleased.accept(this);
    }

    private Failure failure(Exception why) {
        if (!begun) return new Failure(Kind.DECLINED, "the worker was not there", why);
        if (why instanceof SocketTimeoutException)
            return new Failure(Kind.SILENT, "its worker has sent nothing for too long", why);
        if (why instanceof MessageConstraintException)
            return new Failure(Kind.MALFORMED, "the head of its worker's response is too long", why);
        if (why instanceof HttpException) return new Failure(Kind.MALFORMED, "its worker does not speak HTTP", why);
        return new Failure(Kind.DIED, "its worker has closed the connection", why);
    }

    /** The body of the request. It waits here until the library takes it. */
    private final class Outgoing implements BodySink {

        @Override
        public void piece(ByteBuffer bytes) {
            synchronized (unsent) {
                unsent.add(bytes);
                received += bytes.remaining();
                // An origin that counts the bytes may answer before end() is called.
                if (received == length) allReceived = true;
            }
            sendOn();
        }

        @Override
        public void end() {
            allReceived = true;
            sendOn();
        }

        @Override
        public void fail(Exception why) {
            abort();
        }

        private void sendOn() {
            DataStreamChannel channel = out;
            if (channel != null && !over.get()) channel.requestOutput();
        }
    }

    /** The body of the response. More of it comes when there is room. */
    private final class Incoming implements BodySource {

        @Override
        public void request(long bytes) {
            room.addAndGet(bytes);
            try {
                makeRoom();
            } catch (IOException e) {
                failed(e);
            }
        }

        @Override
        public void cancel() {
            abort();
        }
    }
}
