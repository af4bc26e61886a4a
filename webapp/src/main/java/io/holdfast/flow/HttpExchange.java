// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.ProtocolException;
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

/** A request and its response on one connection: the library's callbacks, turned into what the proxy wants to know. */
public final class HttpExchange implements AsyncClientExchangeHandler {

    /**
     * Who is told of the response, in this order, on a thread that serves connections. Either it is complete and then released, or it
     * has failed.
     */
    public interface Listener {
        /** Something that comes before the head, of a status below 200. */
        default void information(HttpResponse information) {}

        /** The head; and how long the body is, in bytes, which is 0 where there is none, and -1 where it is not told. */
        void head(HttpResponse head, long length);

        /** A piece of the body, valid during the call. */
        void piece(ByteBuffer bytes);

        /** It is complete. */
        void complete();

        /** The connection is free again; whether it may carry another request. */
        void released(boolean reusable);

        /** It broke off, perhaps before its head. */
        void failed(Exception why);
    }

    private final IOSession session;
    private final BasicHttpRequest request;
    private final @Nullable RequestBody body;
    private final long length;
    private final Listener listener;
    private final AtomicBoolean over = new AtomicBoolean(), released = new AtomicBoolean();
    private final AtomicInteger taken = new AtomicInteger();
    private volatile @Nullable DataStreamChannel out;
    private volatile @Nullable CapacityChannel in;
    private volatile boolean begun, sent, reusable, complete;

    /** Where a body goes. */
    @FunctionalInterface
    public interface Taker {
        /** Takes some of the bytes: how many, which may be none. */
        int take(ByteBuffer bytes) throws IOException;
    }

    /** What is sent with the request, from its beginning. */
    public interface RequestBody {
        /** Writes what there is, as far as it is taken; true once all of it is written. */
        boolean writeTo(Taker taker) throws IOException;

        /** How many bytes are there to be written. */
        int available();
    }

    /**
     * An exchange on a connection that is free.
     *
     * @param length of the body; -1 if nobody knows it yet
     */
    public HttpExchange(
            IOSession session, BasicHttpRequest request, @Nullable RequestBody body, long length, Listener listener) {
        this.session = session;
        this.request = request;
        this.body = body;
        this.length = length;
        this.listener = listener;
    }

    /** Its connection. */
    public IOSession session() {
        return session;
    }

    /** Whether any of it may have reached the other side. */
    public boolean isBegun() {
        return begun;
    }

    /** There is more of the body to be sent. */
    public void more() {
        DataStreamChannel channel = out;
        if (channel != null && !over.get()) channel.requestOutput();
    }

    /** So much of the response is not in memory any more. */
    public void taken(int bytes) {
        taken.addAndGet(bytes);
        try {
            makeRoom();
        } catch (IOException e) {
            failed(e);
        }
    }

    /** The library shows its channel when there is no room any more, and not before. */
    private void makeRoom() throws IOException {
        CapacityChannel channel = in;
        if (channel == null || over.get()) return;
        int bytes = taken.getAndSet(0);
        if (bytes > 0) channel.update(bytes);
    }

    /** Breaks the connection off, unless it is over; the listener is not told. */
    public void abort() {
        if (over.compareAndSet(false, true)) session.close(CloseMode.IMMEDIATE);
    }

    @Override
    public void produceRequest(RequestChannel channel, HttpContext context)
            throws org.apache.hc.core5.http.HttpException, IOException {
        begun = true;
        sent = body == null;
        channel.sendRequest(request, body == null ? null : new BasicEntityDetails(length, null), context);
    }

    @Override
    public int available() {
        return body == null || sent ? 0 : Math.max(body.available(), 0);
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
        out = channel;
        if (body == null || sent || over.get()) return;
        if (body.writeTo(channel::write)) {
            sent = true;
            channel.endStream(List.of());
        }
    }

    @Override
    public void consumeInformation(HttpResponse information, HttpContext context) {
        // What nobody has asked for does not happen.
        if (information.getCode() == HttpStatus.SC_SWITCHING_PROTOCOLS)
            failed(new ProtocolException("The backend speaks another protocol"));
        else if (!over.get()) listener.information(information);
    }

    @Override
    public void consumeResponse(HttpResponse response, @Nullable EntityDetails entity, HttpContext context) {
        reusable = DefaultConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context);
        if (over.get()) return;
        listener.head(response, entity == null ? 0 : entity.getContentLength());
        if (entity == null) complete();
    }

    @Override
    public void updateCapacity(CapacityChannel channel) throws IOException {
        in = channel;
        makeRoom();
    }

    @Override
    public void consume(ByteBuffer bytes) {
        if (over.get()) bytes.position(bytes.limit());
        else listener.piece(bytes);
    }

    @Override
    public void streamEnd(@Nullable List<? extends Header> trailers) {
        complete();
    }

    private void complete() {
        if (!over.compareAndSet(false, true)) return;
        complete = true;
        listener.complete();
        // The rest of the request is of no use to anybody.
        if (!sent) session.close(CloseMode.IMMEDIATE);
    }

    @Override
    public void failed(Exception why) {
        if (over.compareAndSet(false, true)) {
            session.close(CloseMode.IMMEDIATE);
            listener.failed(why);
        }
    }

    @Override
    public void cancel() {
        failed(new IOException("The connection was closed"));
    }

    @Override
    public void releaseResources() {
        if (!complete) failed(new IOException("The connection was closed"));
        else if (released.compareAndSet(false, true)) listener.released(reusable && sent);
    }
}
