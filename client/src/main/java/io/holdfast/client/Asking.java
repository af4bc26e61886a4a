// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A request that this worker is asked on a connection of its own. The connection is kept if all of the request was read. */
final class Asking implements Task {
    private static final Set<String> MAY_BE_REPEATED = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");
    /** Bodies up to here are read first, so that the end of the connection is noticed behind them. */
    private static final int SHORT = 64 * 1024;

    private static final String CONTINUE = "HTTP/1.1 100 Continue", PROCESSING = "HTTP/1.1 102 Processing";

    private final Crew crew;
    private final Dial dial;
    private final Link link;
    private final Http1.Head head;
    private final String method, target;
    private final boolean isNew;
    private final long length;
    private final Cancellation cancellation = new Cancellation();
    private volatile boolean read;
    private boolean answered, kept;

    private boolean answering; // guarded by this

    /**
     * One of which the head was read.
     *
     * @param isNew whether it is of HTTP/1.1 or later
     */
    Asking(Crew crew, Dial dial, Link link, Http1.Head head, String method, String target, boolean isNew)
            throws Http1.MalformedException {
        this.crew = crew;
        this.dial = dial;
        this.link = link;
        this.head = head;
        this.method = method;
        this.target = target;
        this.isNew = isNew;
        this.length = head.length(0);
        cancellation.onCancel(link::close);
    }

    @Override
    public @Nullable WorkRequest begin() throws IOException {
        InputStream body = Http1.body(link.in(), length, this::isRead);
        if (length != 0 && head.has("Expect", "100-continue")) body = new Expected(body);
        if (length > 0 && length <= SHORT) body = new ByteArrayInputStream(body.readNBytes((int) length));
        HttpHeaders headers = Http1.endToEnd(head.headers());
        String id = headers.firstValue("X-Request-Id").orElse("-");
        return new WorkRequest(id, method, target, headers, body, length, this::progress, cancellation);
    }

    /** What comes from now on is another request, or the end. */
    private void isRead() {
        read = true;
        link.lookAhead();
        CompletionStage<Integer> next = link.ahead();
        next.thenAccept(first -> {
            if (first < 0) cancellation.cancel();
        });
    }

    /** A body that is not sent before it is asked for. */
    private final class Expected extends FilterInputStream {
        private boolean asked;

        Expected(InputStream body) {
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
            if (!asked) inform(CONTINUE, List.of());
            asked = true;
        }
    }

    private synchronized void inform(String start, List<Map.Entry<String, String>> headers) throws IOException {
        if (!answering && isNew) Http1.write(link.out(), start, headers);
    }

    private void progress(String json) {
        try {
            inform(PROCESSING, List.of(Map.entry("Work-Progress", json)));
        } catch (IOException e) {
            cancellation.cancel();
        }
    }

    private synchronized void beginAnswer() {
        answering = true;
    }

    @Override
    public void answer(WorkResponse response) throws IOException {
        answer(response, read && isNew && !head.has("Connection", "close") && crew.mayTake());
    }

    private void answer(WorkResponse response, boolean keeps) throws IOException {
        boolean hasBody = response.hasBody(method);
        boolean isKnown = response.length() != Http1.UNKNOWN;
        boolean keep = keeps && (!hasBody || isKnown || isNew);
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        Http1.endToEnd(response.headers())
                .map()
                .forEach((name, values) -> values.forEach(value -> headers.add(Map.entry(name, value))));
        if (hasBody && !isKnown && isNew) headers.add(Map.entry("Transfer-Encoding", "chunked"));
        length(response, hasBody).ifPresent(length -> headers.add(Map.entry("Content-Length", length)));
        headers.add(Map.entry("Connection", keep ? "keep-alive" : "close"));
        beginAnswer();
        Http1.write(link.out(), "HTTP/1.1 " + response.status() + " ", headers);
        if (hasBody) Http1.copy(response.body(), link.out(), response.length(), !isKnown && isNew);
        answered = true;
        kept = keep;
    }

    /** As it is told; that of an answer without a body is what its body would have been. */
    private Optional<String> length(WorkResponse response, boolean hasBody) {
        if (hasBody)
            return response.length() == Http1.UNKNOWN
                    ? Optional.empty()
                    : Optional.of(Long.toString(response.length()));
        if (response.status() == 204) return Optional.empty();
        boolean isAboutBody = method.equals("HEAD") || response.status() == 304;
        return isAboutBody ? response.headers().firstValue("Content-Length") : Optional.of("0");
    }

    @Override
    public void decline(String why) throws IOException {
        boolean mayBeRepeated = MAY_BE_REPEATED.contains(method)
                || !head.value("Idempotency-Key").isEmpty();
        // Who closes without a word has perhaps done what was asked: that may be asked of another only if it may be
        // done twice.
        if (mayBeRepeated) return;
        WorkResponse response =
                Problem.of(503, "The worker could not begin. " + why, "none").with("Retry-After", "1");
        answer(response, false);
    }

    @Override
    public void close() {
        if (kept) return;
        if (answered && !read) dial.closeAfterAnswer();
        else dial.close();
    }

    @Override
    public Cancellation cancellation() {
        return cancellation;
    }
}
