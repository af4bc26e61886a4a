// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.http.RequestTarget;
import io.holdfast.http.message.EventSources;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.ops.OpsRoom;
import io.undertow.server.ConduitWrapper;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.handlers.ServletRequestContext;
import io.undertow.util.AttachmentKey;
import io.undertow.util.ConduitFactory;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.xnio.Options;
import org.xnio.conduits.StreamSinkConduit;

/**
 * The handler in front of the application in the standalone run. It answers while the application is not open, and answers requests that
 * no servlet can answer.
 */
final class Gate implements HttpHandler {
    private static final Logger LOG = System.getLogger(Gate.class.getName());
    /** Some KiB less than the limit of the server, which would answer 400 without a reason. */
    static final int LONGEST_HEADER = 16 * 1024;

    private static final AttachmentKey<String> TARGET = AttachmentKey.create(String.class);
    private static final int AROUND_VALUE = ": \r\n".length();

    /** Undertow says the length of a body, or that it is in chunks, also in responses to {@code HEAD} that have no body at all. */
    private static final ConduitWrapper<StreamSinkConduit> WITHOUT_BODY = (made, exchange) -> {
        StreamSinkConduit conduit = made.create();
        int status = exchange.getStatusCode();
        if (status != StatusCodes.NO_CONTENT && status != StatusCodes.NOT_MODIFIED) return conduit;
        HeaderMap headers = exchange.getResponseHeaders();
        headers.remove(Headers.TRANSFER_ENCODING);
        if (status == StatusCodes.NO_CONTENT || "0".equals(headers.getFirst(Headers.CONTENT_LENGTH)))
            headers.remove(Headers.CONTENT_LENGTH);
        return conduit;
    };

    private final BooleanSupplier isLeaving;
    private final OwnResponse live, starting, stopping, tooLong, noTunnel;
    private volatile OwnResponse closed;
    private volatile boolean isClosed;
    private volatile @Nullable HttpHandler application;
    /** An answer may come long after its request: only when it begins, it is known whether the member is leaving. */
    private final ConduitWrapper<StreamSinkConduit> ends = this::endIfLeaving;

    private final AtomicInteger passed = new AtomicInteger();
    private final CountDownLatch allLeft = new CountDownLatch(1);

    /** A gate of a member that does not leave. */
    Gate() {
        this(() -> false);
    }

    /** A gate whose connections end with their next answer once the member is leaving, so that clients open others elsewhere. */
    Gate(BooleanSupplier isLeaving) {
        this.isLeaving = isLeaving;
        try (Json json = new Json()) {
            live = json.answer(200, OpsRoom.Health.UP);
            starting = later(json, "This member is starting; try again.");
            tooLong = json.answer(tooLong());
            noTunnel = json.answer(noTunnel());
            stopping = later(json, "This member is going down; try again.");
        }
        closed = starting;
    }

    private static OwnResponse later(Json json, String detail) {
        return json.answer(Problem.of(503, detail).and("outcome", "none")).with("Retry-After", "1");
    }

    private static Problem tooLong() {
        String rule = "at most " + LONGEST_HEADER + " characters";
        return Problem.of(431, "headers must be " + rule + " in all.")
                .and("field", "headers")
                .and("rule", rule)
                .and("value", "more");
    }

    private static Problem noTunnel() {
        return Problem.of(501, "method must not be CONNECT: this server opens no tunnels.")
                .and("field", "method")
                .and("rule", "not CONNECT")
                .and("value", "CONNECT");
    }

    /** Goes in front of the servlet, whose request gets the target as it was sent. */
    static HttpHandler withTargets(HttpHandler servlet) {
        return exchange -> {
            String target = exchange.getAttachment(TARGET);
            if (target != null)
                exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY)
                        .getServletRequest()
                        .setAttribute(RequestTarget.ATTRIBUTE, target);
            servlet.handleRequest(exchange);
        };
    }

    /** Passes requests to the handler from now on. */
    void open(HttpHandler handler) {
        application = handler;
    }

    /** Passes no more requests. Waits up to that time for the requests that are still being answered. */
    void close(Duration patience) {
        isClosed = true;
        closed = stopping;
        application = null;
        if (passed.get() == 0) return;
        try {
            boolean all = allLeft.await(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!all) LOG.log(Level.DEBUG, () -> "Still being answered: " + passed.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        ClientBytes client = ClientBytes.of(exchange);
        if (client != null) attend(exchange, client);
        if (exchange.getRequestURI().equals("*") && exchange.getRequestMethod().equals(Methods.OPTIONS))
            answer(exchange, OwnResponse.empty(204).with("Allow", "GET, HEAD, POST, DELETE, OPTIONS"));
        else if (exchange.getRequestMethod().equals(Methods.CONNECT)) answer(exchange, noTunnel);
        else if (length(exchange.getRequestHeaders()) > LONGEST_HEADER) answer(exchange, tooLong);
        else pass(exchange, client);
    }

    private void pass(HttpServerExchange exchange, @Nullable ClientBytes client) throws Exception {
        // Race: a request against close(); it is counted before it looks, so it is refused, or close() waits for it.
        passed.incrementAndGet();
        HttpHandler behind = application;
        if (behind == null) {
            leave();
            refuse(exchange);
            return;
        }
        exchange.addExchangeCompleteListener((done, next) -> {
            leave();
            if (client != null) client.answered();
            next.proceed();
        });
        if (!exchange.getRequestHeaders().contains(Headers.UPGRADE)) exchange.addResponseWrapper(ends);
        behind.handleRequest(exchange);
    }

    private StreamSinkConduit endIfLeaving(ConduitFactory<StreamSinkConduit> made, HttpServerExchange exchange) {
        if (isLeaving.getAsBoolean()) exchange.setPersistent(false);
        return made.create();
    }

    private void leave() {
        if (passed.decrementAndGet() == 0 && application == null) allLeft.countDown();
    }

    private void refuse(HttpServerExchange exchange) {
        if (isClosed) exchange.setPersistent(false);
        if (exchange.getRequestPath().equals("/health/live")) answer(exchange, live);
        else if (!isEventSource(exchange)) answer(exchange, closed);
        else {
            exchange.setPersistent(false);
            answer(exchange, EventSources.ended(Optional.ofNullable(origin(exchange))));
        }
    }

    private static boolean isEventSource(HttpServerExchange exchange) {
        HeaderValues accept = exchange.getRequestHeaders().get(Headers.ACCEPT);
        return accept != null
                && EventSources.isAsking(exchange.getRequestMethod().toString(), accept);
    }

    private static @Nullable String origin(HttpServerExchange exchange) {
        return exchange.getRequestHeaders().getFirst(Headers.ORIGIN);
    }

    private static void attend(HttpServerExchange exchange, ClientBytes client) {
        String target = client.give();
        if (target != null) exchange.putAttachment(TARGET, target);
        for (RequestFraming.Spaced sent : client.takeSpaced()) {
            HeaderValues values = exchange.getRequestHeaders().get(sent.name());
            if (values != null && sent.index() < values.size()) values.set(sent.index(), sent.value());
        }
        if (exchange.getRequestMethod().equals(Methods.HEAD)) exchange.addResponseWrapper(WITHOUT_BODY);
        if (!exchange.isHttp11()) resetUnlessComplete(exchange);
        if (exchange.getRequestHeaders().contains(Headers.UPGRADE))
            exchange.addExchangeCompleteListener((done, next) -> {
                if (done.isUpgrade()) client.passAll();
                next.proceed();
            });
    }

    /** A client of HTTP/1.0 takes the end of the connection for the end of the response, unless the connection is reset. */
    private static void resetUnlessComplete(HttpServerExchange exchange) {
        setReset(exchange, true);
        exchange.addExchangeCompleteListener((done, next) -> {
            if (done.isResponseComplete()) setReset(done, false);
            next.proceed();
        });
    }

    private static void setReset(HttpServerExchange exchange, boolean atTheEnd) {
        try {
            exchange.getConnection().setOption(Options.CLOSE_ABORT, atTheEnd);
        } catch (IOException gone) {
            // There is nobody to be misled.
        }
    }

    private static int length(HeaderMap headers) {
        int length = 0;
        for (long at = headers.fastIterate(); at != -1; at = headers.fiNext(at)) {
            HeaderValues values = headers.fiCurrent(at);
            for (int i = 0; i < values.size(); i++)
                length += values.getHeaderName().length() + values.get(i).length() + AROUND_VALUE;
        }
        return length;
    }

    private static void answer(HttpServerExchange exchange, OwnResponse answer) {
        if (answer.status() != 200 && answer.status() != 204) exchange.setPersistent(false);
        exchange.setStatusCode(answer.status());
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        if (!answer.contentType().isEmpty())
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, answer.contentType());
        for (Header header : answer.headers())
            exchange.getResponseHeaders().put(HttpString.tryFromString(header.name()), header.value());
        exchange.getResponseSender().send(ByteBuffer.wrap(answer.body()));
    }
}
