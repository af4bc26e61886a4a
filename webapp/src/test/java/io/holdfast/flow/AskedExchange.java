// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.concurrent.SerialTask;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.jspecify.annotations.Nullable;

/** One exchange of a test, and what becomes of it. */
final class AskedExchange implements ResponseSink {
    private static final Duration SILENCE = Duration.ofSeconds(20);
    private static final int MOST_KEPT = 100_000;

    private final boolean greedy;
    private final HttpExchange exchange;
    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private final CompletableFuture<Boolean> released = new CompletableFuture<>();

    @SuppressWarnings("JdkObsolete") // several threads append and read
    private final StringBuffer text = new StringBuffer();

    private final CRC32 sum = new CRC32();
    private final AtomicLong length = new AtomicLong();
    private @Nullable BodySource source;

    private AskedExchange(
            UpgradedSession session, boolean greedy, @Nullable RequestBody body, long bodyLength, String path) {
        this.greedy = greedy;
        BasicHttpRequest request = new BasicHttpRequest(body == null ? "GET" : "POST", path);
        request.addHeader("Host", "worker");
        if (body != null) request.addHeader("Content-Length", bodyLength);
        exchange = new HttpExchange(session, request, body, this, done -> released.complete(done.isReusable()));
    }

    /** One without a body. */
    static AskedExchange get(UpgradedSession session, String path) {
        return new AskedExchange(session, true, null, 0, path).send(SILENCE);
    }

    /** An exchange without a body, whose client reads nothing of the answer for now. */
    static AskedExchange slowly(UpgradedSession session, String path) {
        return new AskedExchange(session, false, null, 0, path).send(SILENCE);
    }

    /** One that fails after so long a silence. */
    static AskedExchange within(Duration silence, UpgradedSession session) {
        return new AskedExchange(session, true, null, 0, "/").send(silence);
    }

    /** One with a body. */
    static AskedExchange post(UpgradedSession session, RequestBody body, long length) {
        return new AskedExchange(session, true, body, length, "/").send(SILENCE);
    }

    private AskedExchange send(Duration silence) {
        Connections.send(exchange, silence);
        return this;
    }

    @Override
    public BodySink head(ResponseHead head, BodySource from) {
        status.complete(head.status());
        source = from;
        from.request(BodySource.WINDOW);
        return new BodySink() {
            @Override
            public void piece(ByteBuffer bytes) {
                int come = bytes.remaining();
                if (length.addAndGet(come) <= MOST_KEPT)
                    text.append(StandardCharsets.ISO_8859_1.decode(bytes.duplicate()));
                sum.update(bytes);
                if (greedy) from.request(come);
            }

            @Override
            public void end() {
                // It is released afterwards.
            }

            @Override
            public void fail(Exception why) {
                released.completeExceptionally(why);
            }
        };
    }

    @Override
    public void fail(Failure why) {
        released.completeExceptionally(why);
    }

    /** Takes another piece of what has come. */
    void take(int bytes) {
        if (source != null) source.request(bytes);
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
        return released.handle((reusable, why) -> why == null ? new AssertionError("it has not failed") : cause(why))
                .get(30, TimeUnit.SECONDS);
    }

    private static Throwable cause(Throwable failure) {
        return failure.getCause() == null ? failure : failure.getCause();
    }

    /** A body of so many bytes, made as it is taken. */
    static final class LongBody implements RequestBody {
        private final long length;
        private final AtomicLong written = new AtomicLong(), wanted = new AtomicLong();
        private SerialTask giving = new SerialTask(() -> {});

        LongBody(long length) {
            this.length = length;
        }

        /** How much is taken. */
        long written() {
            return written.get();
        }

        @Override
        public boolean isRepeatable() {
            return false;
        }

        @Override
        public BodySource open(BodySink sink) {
            giving = new SerialTask(() -> give(sink));
            return new BodySource() {
                @Override
                public void request(long bytes) {
                    wanted.addAndGet(bytes);
                    giving.trigger();
                }

                @Override
                public void cancel() {
                    wanted.set(Long.MIN_VALUE / 2);
                }
            };
        }

        private void give(BodySink sink) {
            while (wanted.get() > 0 && written.get() < length) {
                byte[] piece = piece(written.get(), length);
                wanted.addAndGet(-piece.length);
                written.addAndGet(piece.length);
                sink.piece(ByteBuffer.wrap(piece));
            }
            if (written.get() == length && wanted.getAndSet(Long.MIN_VALUE / 2) > 0) sink.end();
        }

        @Override
        public void close() {
            // Nothing is kept.
        }
    }

    /** The bytes at that place of a long body: up to 8 KiB of them. */
    static byte[] piece(long from, long length) {
        byte[] bytes = new byte[(int) Math.min(8192, length - from)];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (((from + i) * 31) >> 7);
        return bytes;
    }
}
