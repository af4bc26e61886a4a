// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.WorkRequest;
import io.holdfast.client.WorkResponse;
import io.holdfast.client.http1.Fields;
import io.holdfast.client.http1.HeadWriter;
import io.holdfast.client.http1.MalformedMessageException;
import io.holdfast.client.http1.MessageBody;
import io.holdfast.client.http1.MessageHead;
import io.holdfast.client.http1.PeerException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A request that came on a connection of this worker. The connection is kept if all of the request was read. */
final class ConnectionAssignment implements Assignment {
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");
    /** Bodies up to this length are read before the work begins, so that the end of the connection is noticed behind them. */
    private static final int SHORT = 64 * 1024;

    /** Holdfast sends it if another worker has had the request and may have begun it. */
    private static final String REPEATED = "Work-Repeated";

    private static final String CONTINUE = "HTTP/1.1 100 Continue", PROCESSING = "HTTP/1.1 102 Processing";

    private final ActiveWorker worker;
    private final Dialer dialer;
    private final WorkerConnection connection;
    private final MessageHead head;
    private final RequestLine line;
    private final long length;
    private final Cancellation cancellation = new Cancellation();
    private volatile boolean isRead;
    private boolean isAnswered, isKept;

    private boolean isAnswering; // guarded by this

    /** A request of which the head was read. */
    ConnectionAssignment(
            ActiveWorker worker, Dialer dialer, WorkerConnection connection, MessageHead head, RequestLine line)
            throws MalformedMessageException {
        this.worker = worker;
        this.dialer = dialer;
        this.connection = connection;
        this.head = head;
        this.line = line;
        this.length = head.length(0);
        cancellation.onCancel(connection::close);
    }

    @Override
    public @Nullable WorkRequest begin() throws IOException {
        InputStream in = MessageBody.read(connection.in(), length, this::onRead);
        if (length != 0 && head.contains("Expect", "100-continue")) in = new ExpectedBody(in);
        if (length > 0 && length <= SHORT) in = new ByteArrayInputStream(in.readNBytes((int) length));
        HttpHeaders headers = Fields.endToEnd(head.headers());
        String id = headers.firstValue("X-Request-Id").orElse("-");
        AssignedRequest.Body body = new AssignedRequest.Body(in, length);
        return new AssignedRequest(id, line, headers, body, this::sendProgress, cancellation);
    }

    /** The next byte belongs to another request, or the connection ends. */
    private void onRead() {
        isRead = true;
        connection.lookAhead();
        CompletionStage<Integer> next = connection.ahead();
        next.thenAccept(first -> {
            if (first < 0) cancellation.cancel();
        });
    }

    /** A body that the client sends only after this worker has asked for it. */
    private final class ExpectedBody extends FilterInputStream {
        private boolean isAsked;

        ExpectedBody(InputStream body) {
            super(body);
        }

        @Override
        public int read() throws IOException {
            ask();
            return super.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            ask();
            return super.read(bytes, offset, length);
        }

        private void ask() throws IOException {
            if (!isAsked) sendInterim(new HeadWriter(CONTINUE));
            isAsked = true;
        }
    }

    private synchronized void sendInterim(HeadWriter interim) throws IOException {
        if (!isAnswering && line.isHttp11()) interim.writeTo(connection.out());
    }

    private void sendProgress(String json) {
        try {
            sendInterim(new HeadWriter(PROCESSING).add("Work-Progress", json));
        } catch (IOException e) {
            cancellation.cancel();
        }
    }

    private synchronized void beginAnswer() {
        isAnswering = true;
    }

    @Override
    public void answer(WorkResponse response) throws IOException {
        boolean mayKeep = isRead && line.isHttp11() && !head.contains("Connection", "close") && worker.mayTake();
        answer(response, mayKeep);
    }

    private void answer(WorkResponse response, boolean mayKeep) throws IOException {
        boolean hasBody = Responses.hasBody(response, line.method());
        boolean isKnown = response.length() != MessageBody.UNKNOWN;
        boolean isChunked = hasBody && !isKnown && line.isHttp11();
        boolean keeps = mayKeep && (!hasBody || isKnown || line.isHttp11());
        HeadWriter answer = new HeadWriter("HTTP/1.1 " + response.status() + " ").addEndToEnd(response.headers());
        if (isChunked) answer.add("Transfer-Encoding", "chunked");
        contentLength(response, hasBody).ifPresent(bytes -> answer.add("Content-Length", bytes));
        answer.add("Connection", keeps ? "keep-alive" : "close");
        beginAnswer();
        answer.writeTo(connection.out());
        if (hasBody) sendBody(response, isChunked);
        isAnswered = true;
        isKept = keeps;
    }

    private void sendBody(WorkResponse response, boolean isChunked) throws IOException {
        try {
            MessageBody.copy(response.body(), connection.out(), response.length(), isChunked);
        } catch (PeerException e) {
            throw e;
        } catch (IOException e) {
            throw Responses.brokenOff(e, cancellation);
        }
    }

    /** The header's value. A response without a body may still give the length that its body would have had. */
    private Optional<String> contentLength(WorkResponse response, boolean hasBody) {
        if (hasBody)
            return response.length() == MessageBody.UNKNOWN
                    ? Optional.empty()
                    : Optional.of(Long.toString(response.length()));
        if (response.status() == 204) return Optional.empty();
        boolean isAboutBody = line.method().equals("HEAD") || response.status() == 304;
        return isAboutBody ? response.headers().firstValue("Content-Length") : Optional.of("0");
    }

    @Override
    public void decline(String why) throws IOException {
        boolean isRepeatable = IDEMPOTENT.contains(line.method())
                || !head.value("Idempotency-Key").isEmpty();
        // Without an answer the hub must assume that the work was done. It gives the request to another worker only if
        // the request is repeatable.
        if (isRepeatable) return;
        boolean isRepeated = !head.value(REPEATED).isEmpty();
        String detail = "The worker could not begin. " + why;
        if (isRepeated) detail += " Another worker had the request before and may have performed it.";
        String outcome = isRepeated ? Responses.UNKNOWN : Responses.NONE;
        answer(Responses.problem(503, detail, outcome).with("Retry-After", "1"), false);
    }

    @Override
    public void close() {
        if (isKept) return;
        if (isAnswered && !isRead) dialer.closeAfterAnswer();
        else dialer.close();
    }

    @Override
    public Cancellation cancellation() {
        return cancellation;
    }
}
