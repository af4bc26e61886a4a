// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.jspecify.annotations.Nullable;

/** One exchange of a test, and what becomes of it. */
final class Asking implements HttpExchange.Listener {
    private static final Duration SILENCE = Duration.ofSeconds(20);
    private static final int MOST_KEPT = 100_000;

    private final boolean greedy;
    private final UpgradedSession session;
    private final HttpExchange exchange;
    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private final CompletableFuture<Boolean> released = new CompletableFuture<>();
    private final StringBuffer text = new StringBuffer();
    private final CRC32 sum = new CRC32();
    private final AtomicLong length = new AtomicLong();
    private int kept;

    private Asking(
            UpgradedSession session,
            boolean greedy,
            HttpExchange.@Nullable RequestBody body,
            long bodyLength,
            String path) {
        this.session = session;
        this.greedy = greedy;
        BasicHttpRequest request = new BasicHttpRequest(body == null ? "GET" : "POST", path);
        request.addHeader("Host", "worker");
        if (body != null) request.addHeader("Content-Length", bodyLength);
        exchange = new HttpExchange(session, request, body, bodyLength, this);
    }

    /** One without a body. */
    static Asking get(UpgradedSession session, String path) {
        return new Asking(session, true, null, 0, path).send(SILENCE);
    }

    /** One without a body, for somebody who takes nothing of the answer for now. */
    static Asking slowly(UpgradedSession session, String path) {
        return new Asking(session, false, null, 0, path).send(SILENCE);
    }

    /** One that fails after so long a silence. */
    static Asking within(Duration silence, UpgradedSession session) {
        return new Asking(session, true, null, 0, "/").send(silence);
    }

    /** One with a body. */
    static Asking post(UpgradedSession session, HttpExchange.RequestBody body, long length) {
        return new Asking(session, true, body, length, "/").send(SILENCE);
    }

    private Asking send(Duration silence) {
        Connections.send(session, exchange, silence);
        return this;
    }

    @Override
    public void head(HttpResponse head, long length) {
        status.complete(head.getCode());
    }

    @Override
    public void piece(ByteBuffer bytes) {
        int come = bytes.remaining();
        if (length.addAndGet(come) <= MOST_KEPT) text.append(StandardCharsets.ISO_8859_1.decode(bytes.duplicate()));
        sum.update(bytes);
        if (greedy) exchange.taken(come);
        else kept += come;
    }

    @Override
    public void complete() {
        // It is released afterwards.
    }

    @Override
    public void released(boolean reusable) {
        released.complete(reusable);
    }

    @Override
    public void failed(Exception why) {
        released.completeExceptionally(why);
    }

    /** Takes another piece of what has come. */
    void take(int bytes) {
        exchange.taken(bytes);
    }

    void abort() {
        exchange.abort();
    }

    /** How much of the body has come. */
    long length() {
        return length.get();
    }

    /** The status and the body of an answer that is complete. */
    String answer() throws Exception {
        isReusable();
        return status.get(1, TimeUnit.SECONDS) + " " + text;
    }

    /** The checksum of all that has come. */
    long sum() {
        return sum.getValue();
    }

    /** Whether the connection may carry another request, after an answer that is complete. */
    boolean isReusable() throws Exception {
        return released.get(30, TimeUnit.SECONDS);
    }

    /** Why it has failed. */
    Throwable failure() throws Exception {
        return released.handle((reusable, why) -> why == null ? new AssertionError("it has not failed") : why)
                .get(30, TimeUnit.SECONDS);
    }

    /** A body of so many bytes, made as it is taken. */
    static final class Long implements HttpExchange.RequestBody {
        private final long length;
        private final AtomicLong written = new AtomicLong();

        Long(long length) {
            this.length = length;
        }

        /** How much is taken. */
        long written() {
            return written.get();
        }

        @Override
        public boolean writeTo(HttpExchange.Taker taker) throws IOException {
            for (int taken = -1; taken != 0 && written.get() < length; written.addAndGet(taken))
                taken = taker.take(ByteBuffer.wrap(piece(written.get(), length)));
            return written.get() == length;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, length - written.get());
        }
    }

    /** What stands at that place of a long body: up to 8 KiB of it. */
    static byte[] piece(long from, long length) {
        byte[] bytes = new byte[(int) Math.min(8192, length - from)];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) ((from + i) * 31 >> 7);
        return bytes;
    }
}
