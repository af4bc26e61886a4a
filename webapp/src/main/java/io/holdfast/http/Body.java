// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.Coding;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.http.server.RequestInput;
import io.holdfast.pace.Pace;
import io.holdfast.pace.Sender;
import jakarta.servlet.ReadListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/**
 * The body of a held request, collected as it arrives, on the threads on which the container has bytes. No thread waits for it.
 *
 * <p>It is read to its end in any case, and bytes beyond the limit are dropped. So the next request on the connection begins where this
 * one ended, and no server has to read the rest in a thread that waits.
 */
final class Body implements ReadListener, IncomingBody, Pace.Body {
    private static final int PIECE = 8 * 1024;
    private static final int MOST_UNREAD = 1024;
    private static final String CODING = "Transfer-Encoding", CHUNKED = "chunked";

    private final HttpServletRequest request;
    private final RequestInput in;
    private final int most;
    private final Backlog backlog;
    private final long mostForIt;
    private final Runnable whenBroken;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private final AtomicLong kept = new AtomicLong();
    private final Sender sender;
    private volatile boolean isDiscarded, isBroken;

    /** Used by the container's callbacks only, of which one runs at a time. */
    private ByteArrayOutputStream come = new ByteArrayOutputStream();

    Body(Setup setup, HttpServletRequest request, int most, Runnable whenBroken) throws IOException {
        this.request = request;
        this.in = setup.server().input(request);
        this.most = most;
        this.backlog = setup.backlog();
        this.mostForIt = backlog.mostFor(request);
        this.whenBroken = whenBroken;
        this.sender = setup.pace().sender(this);
    }

    /** Begins to read; the stage completes with all bytes. A body that is declared to be too long is refused at once. */
    CompletionStage<byte[]> read() {
        if (request.getContentLengthLong() > most) whole.completeExceptionally(tooLong(request, most));
        sender.begin();
        in.listen(this);
        return whole.minimalCompletionStage();
    }

    /** Whether the request has no body, as far as can be told without reading. */
    static boolean isMissing(HttpServletRequest request) {
        long declared = request.getContentLengthLong();
        if (declared >= 0) return declared == 0;
        // Only HTTP/1 has to say that a body of unknown length follows.
        return request.getProtocol().startsWith("HTTP/1") && request.getHeader(CODING) == null;
    }

    /** Refuses a body in a coding other than chunks, which some servers read as chunks. */
    static void refuseUnknownCoding(HttpServletRequest request) {
        List<String> codings = Collections.list(request.getHeaders(CODING));
        if (codings.isEmpty() || (codings.size() == 1 && codings.get(0).strip().equalsIgnoreCase(CHUNKED))) return;
        throw closing(request, new Refusal(Problem.badValue(CODING, CHUNKED + ", once", String.join(", ", codings))));
    }

    /**
     * Refuses a body that is not going to be read, unless it fits into the buffers of the server. While the request is held, the body
     * would stay on the connection, and the server would not notice that the client has left.
     */
    static void refuseUnread(HttpServletRequest request) {
        if (request.getContentLengthLong() > MOST_UNREAD) throw closing(request, tooLong(request, MOST_UNREAD));
        boolean endless = request.getProtocol().startsWith("HTTP/1") && request.getHeader(CODING) != null;
        if (endless)
            throw closing(
                    request,
                    new Refusal(Problem.of(411, "body must be of a declared length, with this method.")
                            .and("field", "body")
                            .and("rule", "of a declared length")
                            .and("value", CHUNKED)));
    }

    /** Closes the connection, so that the rest of the body is not taken for the next request. */
    private static Refusal closing(HttpServletRequest request, Refusal refusal) {
        boolean lines = request.getProtocol().startsWith("HTTP/1");
        return lines ? new Refusal(refusal.problem(), Headers.of("Connection", "close")) : refusal;
    }

    static Refusal tooLong(HttpServletRequest request, int most) {
        return tooLong(request.getContentLengthLong(), most);
    }

    private static Refusal tooLong(long declared, int most) {
        String rule = "at most " + most + " bytes";
        return new Refusal(Problem.of(413, "body must be " + rule + ".")
                .and("field", "body")
                .and("rule", rule)
                .and("value", declared < 0 ? "more" : declared + " bytes"));
    }

    /**
     * The body, which has come, without its codings, which may make it longer. It is refused beyond that many bytes, and while the
     * backlog is full. To be called on a thread that may compute.
     */
    byte[] decoded(Coding coding, byte[] body) {
        try {
            byte[] plain = decoded(coding, body, most, this::keep);
            keepOnly(plain.length);
            return plain;
        } finally {
            // Race: discard() against the lines above; if it came first, it has not released these bytes.
            if (isDiscarded) release();
        }
    }

    private static byte[] decoded(Coding coding, byte[] body, int most, IntConsumer room) {
        String field = Coding.HEADER, rule = "one of " + Coding.KNOWN + ", or left out", value = coding.toString();
        if (!coding.isKnown())
            throw new Refusal(
                    Problem.of(415, field + " must be " + rule + ", not '" + Problem.shown(value) + "'.")
                            .and("field", field)
                            .and("rule", rule)
                            .and("value", Problem.shown(value)),
                    Headers.of("Accept-Encoding", Coding.KNOWN));
        try {
            return coding.decode(body, most, room).orElseThrow(() -> tooLong(-1, most));
        } catch (IOException e) {
            throw new Refusal(Problem.badValue("body", "in the coding that " + field + " names", value));
        }
    }

    /** Keeps so many more bytes, until the body is released; refused while the backlog is full. */
    private void keep(int more) {
        if (!backlog.add(more, mostForIt)) throw Backlog.refusal();
        kept.addAndGet(more);
    }

    /** Releases all but so many bytes. */
    private void keepOnly(int length) {
        long before = kept.getAndUpdate(now -> Math.min(now, length));
        backlog.remove(Math.max(0, before - length));
    }

    @Override
    public Sender sender() {
        return sender;
    }

    @Override
    public boolean isAwaited() {
        return in.isWaiting();
    }

    @Override
    public void onSlow(String rule) {
        whole.completeExceptionally(StalledException.tooSlow(rule).refusal());
    }

    @Override
    public boolean isBroken() {
        return isBroken;
    }

    @Override
    public void discard() {
        isDiscarded = true;
        whole.completeExceptionally(new IOException("The request ended before its body had come"));
        release();
    }

    @Override
    public void release() {
        backlog.remove(kept.getAndSet(0));
    }

    @Override
    public void onDataAvailable() throws IOException {
        in.onAvailable();
        readOn();
    }

    @Override
    public void onAllDataRead() throws IOException {
        in.onAllReceived();
        readOn();
    }

    private void readOn() throws IOException {
        byte[] piece = new byte[PIECE];
        while (!sender.isOver()) {
            int length = in.read(piece);
            if (length == RequestInput.END) finish();
            if (length <= 0) return;
            take(piece, length);
        }
    }

    @Override
    public long bytesReceived() {
        return in.bytesRead();
    }

    private void take(byte[] piece, int length) {
        if (whole.isDone()) come = new ByteArrayOutputStream();
        else if (come.size() + length > most) refuse(tooLong(request, most));
        else if (!backlog.add(length, mostForIt)) refuse(Backlog.refusal());
        else {
            kept.addAndGet(length);
            come.write(piece, 0, length);
            // Race: discard() against the lines above; if it came first, it has not released these bytes.
            if (whole.isDone()) discard();
        }
    }

    private void refuse(Refusal refusal) {
        come = new ByteArrayOutputStream();
        whole.completeExceptionally(refusal);
    }

    private void finish() {
        sender.end();
        if (whole.isDone()) return;
        whole.complete(come.toByteArray());
        come = new ByteArrayOutputStream();
    }

    @Override
    public void onError(Throwable broken) {
        isBroken = true;
        sender.end();
        whole.completeExceptionally(new IOException("The body broke off", broken));
        whenBroken.run();
    }
}
