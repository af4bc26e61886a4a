// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.departure.Watched;
import io.holdfast.http.message.Coding;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.http.message.Response;
import io.holdfast.http.message.ResponseFilter;
import io.holdfast.http.server.Server;
import io.holdfast.time.Timer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A response that is held open: {@linkplain #answer answered} at most once, from any thread, or given up when the container reports
 * that the client is gone.
 *
 * <p>The thread that takes the {@code AsyncContext} out of its reference owns it. Afterwards nothing here can reach a response that the
 * container may reuse for another request. The container's own timeout is a backstop only: the caller keeps the deadlines.
 */
public final class HeldResponse {
    private static final Logger LOG = System.getLogger(HeldResponse.class.getName());

    /** The heap that one takes in the standalone run, in bytes. */
    public static final int BYTES = Server.HELD_BYTES;
    /** The same where the server has buffers of its own for each, as Tomcat does. */
    public static final int BYTES_WITH_BUFFERS = Server.HELD_BYTES_WITH_BUFFERS;

    /** The answer of the backstop, so that silence is not taken for success. */
    private static final OwnResponse NEVER_ANSWERED = OwnResponse.empty(503);

    private static final Runnable NOBODY = () -> {};
    private static final Runnable TOLD = () -> {};

    private static final byte[] NO_BYTES = {};
    /** This size fits into the buffers of every server. */
    private static final int MOST_AT_ONCE = Backlog.LEAST;

    private final boolean withBody;
    private final int longestHead, headersSet;
    private final Setup setup;
    private final Backlog backlog;
    private final AtomicReference<@Nullable AsyncContext> open;
    private final AtomicReference<Runnable> whenGone = new AtomicReference<>(NOBODY);
    private volatile @Nullable IncomingBody body;
    private volatile @Nullable HeldStream stream; // of an answer that is being written
    private volatile @Nullable ResponseFilter filter;
    private volatile @Nullable Watched watched;

    private HeldResponse(AsyncContext context, Setup setup, boolean withBody) {
        this.longestHead = setup.server().longestHead((HttpServletRequest) context.getRequest());
        this.headersSet = Setup.headersOf((HttpServletResponse) context.getResponse());
        this.setup = setup;
        this.backlog = setup.backlog();
        this.open = new AtomicReference<>(context);
        this.withBody = withBody;
    }

    static HeldResponse of(AsyncContext context, Duration backstop, Setup setup, boolean withBody) {
        context.setTimeout(backstop.toMillis());
        HeldResponse held = new HeldResponse(context, setup, withBody);
        context.addListener(held.new Container());
        return held;
    }

    /** Names the task that runs once, if the client leaves, or the container gives this response up without an answer. */
    public void onGone(Runnable listener) {
        watch();
        // Race: the container against this line; if it came first, it found no listener, and this line runs it.
        if (!whenGone.compareAndSet(NOBODY, listener)) listener.run();
    }

    /** Watches the connection from the moment on when somebody wants to know. Most requests are answered before. */
    private void watch() {
        AsyncContext context = open.get();
        if (context == null || watched != null) return;
        Watched watching;
        try {
            watching = setup.watch((HttpServletRequest) context.getRequest(), this::leave);
        } catch (IllegalStateException | NullPointerException answered) {
            // The container has taken its request back meanwhile.
            return;
        }
        watched = watching;
        // Race: the end of the response against the line above; whichever comes second closes it.
        if (open.get() == null && stream == null) unwatch();
    }

    private void unwatch() {
        Watched watching = watched;
        if (watching != null) watching.close();
    }

    /** The client has left. One that has only closed its side, and reads, gets an answer that is not taken for another. */
    private void leave() {
        HeldStream writing = stream;
        if (writing != null) writing.leave();
        else answer(setup.halfClosed());
        gone();
    }

    /** Shows the answer in another form; to be called before the response is answered. */
    public void filter(ResponseFilter how) {
        filter = how;
    }

    /**
     * The body of the request, read as it arrives, while no thread waits; to be called once, by the handler itself.
     *
     * <p>Fails with a {@link Refusal}, which the caller answers, if there are more bytes than that. Fails with an
     * {@code IOException} if the body breaks off, or the request is answered before all of it has arrived; nothing is left to do then.
     * Dependents of the stage may run on a thread that serves the connections of a server, and must not block.
     */
    public CompletionStage<byte[]> body(int most) throws IOException {
        AsyncContext context = open.get();
        if (context == null) return CompletableFuture.failedStage(new IOException("The client is gone"));
        HttpServletRequest request = (HttpServletRequest) context.getRequest();
        if (Body.isMissing(request)) return CompletableFuture.completedStage(NO_BYTES);
        return reading(request, most).read();
    }

    private Body reading(HttpServletRequest request, int most) throws IOException {
        Body reading = new Body(setup, request, most, this::answerBroken);
        body = reading;
        return reading;
    }

    /** Answers a request whose body is not HTTP, if the client still reads. */
    private void answerBroken() {
        answer(setup.json().answer(Problem.brokenBody()));
    }

    /**
     * The {@linkplain #body body} as it was before it was compressed; also refused if it is longer than that then, if its coding is not
     * known, or if it is not in that coding.
     *
     * @param executor decodes the body, and runs the dependents of the stage if there is a body
     */
    public CompletionStage<byte[]> content(int most, Executor executor) throws IOException {
        AsyncContext context = open.get();
        if (context == null) return body(most);
        HttpServletRequest request = (HttpServletRequest) context.getRequest();
        if (Body.isMissing(request)) return CompletableFuture.completedStage(NO_BYTES);
        Coding coding = Coding.of(Collections.list(request.getHeaders(Coding.HEADER)));
        Body reading = reading(request, most);
        return reading.read()
                .thenApplyAsync(bytes -> coding.isNone() ? bytes : reading.decoded(coding, bytes), executor);
    }

    /**
     * Gives the body of the request to a sink as it arrives and is requested; to be called once, by the handler itself, and only if there
     * {@linkplain RequestHead#hasBody is one}.
     */
    public Upload upload(BodySink sink) throws IOException {
        AsyncContext context = open.get();
        if (context == null) throw new IOException("The client is gone");
        Upload reading = new Upload(setup, (HttpServletRequest) context.getRequest(), sink, this::answerBroken);
        body = reading;
        reading.start();
        return reading;
    }

    /** Whether the server sends a head as long as that of this response. The client would get a problem instead of the response. */
    public boolean takes(Response response) {
        return longestHead == Integer.MAX_VALUE || Setup.headOf(response, headersSet) <= longestHead;
    }

    /**
     * Writes the answer and completes. Returns false if it was answered before, or if the client is gone. Also, if slow clients take too
     * much memory for a long answer: the client gets a 503 then. And if the server does not {@linkplain #takes take} its head.
     */
    public boolean answer(Response reply) {
        AsyncContext context = open.getAndSet(null);
        if (context == null) return false;
        unwatch();
        ResponseFilter how = filter;
        Response shown = how == null ? reply : how.whole(reply);
        boolean taken = takes(shown);
        return answer(context, taken ? shown : setup.headTooLong(shown, headersSet, longestHead)) && taken;
    }

    private boolean answer(AsyncContext context, Response answer) {
        IncomingBody coming = body;
        if (coming != null && !coming.sender().isOver()) return answerEarly(context, answer, coming);
        if (coming != null) coming.discard();
        if (coming != null && coming.isBroken()) return answerLast(context, answer);
        boolean fits = !withBody || backlog.add(answer.body());
        if (fits && withBody && answer.body().length > MOST_AT_ONCE) return writeWithoutWaiting(context, answer);
        try {
            return write(context, fits ? answer : backlog.insteadOf(answer), false) && fits;
        } finally {
            Server.complete(context);
        }
    }

    /** Answers at once: Tomcat closes the connection after its call, whatever is in its buffers. */
    private boolean answerLast(AsyncContext context, Response answer) {
        try {
            return write(context, answer, true);
        } finally {
            Server.complete(context);
        }
    }

    /** Answers before the body has arrived: its rest is not taken for the next request, and no thread waits for it. */
    private boolean answerEarly(AsyncContext context, Response answer, IncomingBody coming) {
        boolean written = false;
        // Released before the client knows that it may try again.
        coming.release();
        try {
            written = write(context, answer, true);
            return written;
        } finally {
            if (written)
                coming.sender().onEnd(() -> Server.complete(context), () -> setup.server()
                        .cut(context));
            else Server.complete(context);
            coming.discard();
        }
    }

    /** How many bytes of the body have arrived. */
    public long bytesReceived() {
        IncomingBody coming = body;
        return coming == null ? 0 : coming.bytesReceived();
    }

    /** Answers with a stream, as {@link Call#stream} does; empty if it was answered before, or the client is gone. */
    public Optional<HeldStream> stream(Response head) {
        return stream(head, HeldStream.UNKNOWN);
    }

    /** The same for a stream of that length in bytes, which no client takes for whole when it is cut. */
    public Optional<HeldStream> stream(Response head, long length) {
        if (!takes(head)) {
            answer(head);
            return Optional.empty();
        }
        AsyncContext context = open.getAndSet(null);
        if (context == null) return Optional.empty();
        try {
            ResponseFilter how = filter;
            HeldStream writing = how == null
                    ? HeldStream.of(context, head, length, setup)
                    : HeldStream.filtered(
                            context, how.begin(head.status(), head.allHeaders(), head.body()), how, setup);
            stream = writing;
            IncomingBody coming = body;
            if (coming != null) coming.sender().allowSlowness();
            Watched watching = watched;
            if (watching != null) writing.watchedBy(watching);
            return Optional.of(writing);
        } catch (IOException | IllegalStateException gone) {
            unwatch();
            Server.complete(context);
            return Optional.empty();
        } catch (RuntimeException e) {
            unwatch();
            fail(context, e);
            Server.complete(context);
            return Optional.empty();
        }
    }

    /** The same; cuts a client that takes nothing of the answer for that long, but not one that is slow. */
    public boolean answer(Response answer, Duration stall, Timer timer) {
        boolean open = answer(answer);
        HeldStream writing = stream;
        if (writing != null && !writing.isClosed()) writing.onClosed(writing.watch(stall, timer, writing::cut)::close);
        return open;
    }

    /** Writes an answer that may exceed the buffers on the way to a slow client as the client takes it; no thread waits. */
    private boolean writeWithoutWaiting(AsyncContext context, Response answer) {
        try {
            HeldStream writing = HeldStream.ofWhole(context, answer, setup);
            stream = writing;
            return writing.end();
        } catch (IOException | IllegalStateException gone) {
            backlog.remove(answer.body());
            Server.complete(context);
            return false;
        } catch (RuntimeException e) {
            backlog.remove(answer.body());
            fail(context, e);
            Server.complete(context);
            return false;
        }
    }

    private boolean write(AsyncContext context, Response answer, boolean early) {
        try {
            HttpServletResponse response = (HttpServletResponse) context.getResponse();
            if (early && context.getRequest().getProtocol().startsWith("HTTP/1"))
                response.setHeader("Connection", "close");
            answer.writeTo(setup.server().spelling(response), withBody);
            if (!withBody) setup.server().endHead(response);
            if (early) response.flushBuffer();
            return true;
        } catch (IOException | IllegalStateException gone) {
            // Each server reports a client that has left in its own way, and none of these is logged.
            return false;
        } catch (RuntimeException e) {
            fail(context, e);
            return false;
        }
    }

    /** Answers 500 instead, if nothing is sent: half an answer must not be taken for a whole one. */
    private static void fail(AsyncContext context, RuntimeException why) {
        LOG.log(Level.ERROR, "An answer could not be written", why);
        try {
            HttpServletResponse response = (HttpServletResponse) context.getResponse();
            if (response.isCommitted()) return;
            response.reset();
            response.setStatus(500);
        } catch (IllegalStateException gone) {
            // The client is gone.
        }
    }

    private void gone() {
        IncomingBody coming = body;
        if (coming != null) coming.discard();
        whenGone.getAndSet(TOLD).run();
    }

    /** The reports of the container, all of which end the response. */
    private final class Container implements AsyncListener {

        @Override
        public void onTimeout(AsyncEvent event) {
            HeldStream writing = stream;
            if (writing != null) writing.onExpired();
            answer(NEVER_ANSWERED);
            gone();
        }

        @Override
        public void onError(AsyncEvent event) {
            AsyncContext context = open.getAndSet(null);
            unwatch();
            if (context != null) Server.complete(context);
            over();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            open.set(null);
            unwatch();
            over();
        }

        private void over() {
            HeldStream writing = stream;
            if (writing != null) writing.onTakenBack();
            IncomingBody coming = body;
            if (coming != null) coming.sender().close();
            gone();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // The answer was cut, and its request dispatched to fail.
        }
    }
}
