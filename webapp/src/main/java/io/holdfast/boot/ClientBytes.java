// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.http.message.Problem;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The bytes of one connection before the server reads them. Undertow takes some malformed bodies for whole ones, closes the connection of
 * others without an answer, changes or refuses targets that browsers send, and makes one space of several. Here, a
 * request that is malformed is answered 400, empty lines before a request are left out, and the target and such values are kept as they
 * were sent.
 *
 * <p>The server never gets bytes beyond the end of a request: it gets the rest when it is ready for the next request.
 */
final class ClientBytes extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private static final String VERSION = "HTTP/1.1 ", BAD_REQUEST = "400";

    private static final Problem NOT_HTTP = Problem.of(
                    400, "The head of the request must be one of HTTP/1.1, as RFC 9112 has it.")
            .and("field", "head")
            .and("rule", "RFC 9112")
            .and("value", "malformed");

    private final StreamConnection socket;
    private final ClientConnection.Ends ends;
    private final RequestFraming framing = new RequestFraming();
    private final HeadDeadline deadline;
    private final Function<Problem, byte[]> refusals;
    private final Answers answers;
    /** Bytes that came with the end of a request, for the next. */
    private volatile byte @Nullable [] ahead;

    private volatile boolean passing, stopped;
    /** Whether more of a request, or of the next, is to come or was not read. */
    private volatile boolean within;
    /** Whether the client has closed its side. */
    private volatile boolean over;
    /** Whether the application answers a request of this connection. */
    private volatile boolean inUse;

    /** How far the answer to the request is. */
    private enum Phase {
        /** The server reads the head, and refuses it without the application if it is malformed. */
        READING,
        /** The application has the request. */
        GIVEN,
        /** The response has begun. */
        BEGUN,
        /** The request was refused here, and nothing else may be written. */
        REFUSED
    }

    /**
     * Those of a socket, for its server.
     *
     * @param deadline is set while a head comes
     * @param refusals the responses, as they are sent, that refuse a request for a problem
     * @param ends gets the end of each direction
     */
    ClientBytes(
            StreamConnection socket,
            HeadDeadline deadline,
            Function<Problem, byte[]> refusals,
            ClientConnection.Ends ends) {
        super(socket.getSourceChannel().getConduit());
        this.socket = socket;
        this.deadline = deadline;
        this.refusals = refusals;
        this.ends = ends;
        this.answers = new Answers(socket.getSinkChannel().getConduit());
    }

    /** The way back. */
    StreamSinkConduit answers() {
        return answers;
    }

    /** Whether something was answered, and the client, which has not closed its side, may still be sending. */
    boolean mayLoseAnswer() {
        return answers.any && within && !over && !passing;
    }

    /** The server gets no more bytes, as if the client had closed its side. The socket itself stays open. */
    void stop() {
        stopped = true;
    }

    /** Those of the connection of this request; null on a server that was not made here. */
    static @Nullable ClientBytes of(HttpServerExchange exchange) {
        return exchange.getConnection() instanceof AbstractServerConnection connection
                        && connection.getOriginalSourceConduit() instanceof ClientBytes bytes
                ? bytes
                : null;
    }

    /** The application gets the request, and answers it. Returns the target as it was sent, if the server does not know it. */
    @Nullable
    String give() {
        inUse = true;
        deadline.cancel();
        answers.phase.compareAndSet(Phase.READING, Phase.GIVEN);
        return framing.takeTarget();
    }

    /** The application has answered the request. */
    void answered() {
        inUse = false;
    }

    /** Whether the application answers a request of this connection. */
    boolean isInUse() {
        return inUse || passing;
    }

    /** The values of headers as they were sent, if the server does not know them; to be called once, after {@link #give}. */
    List<RequestFraming.Spaced> takeSpaced() {
        return framing.takeSpaced();
    }

    /** From now on, the connection is another protocol's. */
    void passAll() {
        passing = true;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        if (!to.hasRemaining()) return 0;
        if (stopped || framing.fault() != null) return -1;
        int from = to.position(), count = fill(to);
        if (count < 0) end();
        return count <= 0 || passing ? count : follow(to, from);
    }

    private void end() throws IOException {
        over = true;
        Problem fault = passing ? null : framing.cut();
        if (fault != null) throw refuse(fault);
        ends.read();
    }

    private int fill(ByteBuffer to) throws IOException {
        byte[] kept = ahead;
        if (kept == null) return next.read(to);
        int length = Math.min(kept.length, to.remaining());
        to.put(kept, 0, length);
        ahead = length == kept.length ? null : Arrays.copyOfRange(kept, length, kept.length);
        return length;
    }

    private int follow(ByteBuffer to, int from) throws IOException {
        int end = to.position(), blanks = framing.blanks(to, from, end);
        if (blanks > 0) {
            for (int i = from + blanks; i < end; i++) to.put(i - blanks, to.get(i));
            end -= blanks;
        }
        // The server asks for the next request when it has answered the one before.
        if (framing.isBetween() && end > from) answers.phase.set(Phase.READING);
        int after = framing.follow(to, from, end);
        if (framing.isWithinHead()) deadline.set();
        Problem fault = framing.fault();
        if (fault != null) {
            to.position(from);
            within = true;
            throw refuse(fault);
        }
        if (after < end) keep(to, after, end);
        to.position(after);
        within = !framing.isBetween() || ahead != null;
        return after - from;
    }

    private void keep(ByteBuffer bytes, int from, int to) {
        byte[] later = ahead == null ? new byte[0] : ahead, all = new byte[to - from + later.length];
        for (int i = from; i < to; i++) all[i - from] = bytes.get(i);
        System.arraycopy(later, 0, all, to - from, later.length);
        ahead = all;
    }

    /** Refuses a head of which a part has come. A client that has sent none of it asked for nothing, and gets no answer. */
    void refuseHead(Problem late) throws IOException {
        if (framing.isWithinHead() && answers.phase.compareAndSet(Phase.READING, Phase.REFUSED)) answers.refuse(late);
    }

    /** Answers 400 if no response has begun. The caller closes the connection. */
    private IOException refuse(Problem fault) throws IOException {
        // Race: the application's answer against this refusal; the first to change the phase writes.
        if (answers.phase.compareAndSet(Phase.READING, Phase.REFUSED)
                || answers.phase.compareAndSet(Phase.GIVEN, Phase.REFUSED)) answers.refuse(fault);
        ahead = null;
        return new IOException(fault.detail());
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) if (to[i].hasRemaining()) return read(to[i]);
        return 0;
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer through, StreamSinkChannel target) throws IOException {
        return IoUtils.transfer(new ConduitReadableByteChannel(this), count, through, target);
    }

    @Override
    public void terminateReads() throws IOException {
        if (!stopped) super.terminateReads();
        ends.read();
    }

    @Override
    public boolean isReadShutdown() {
        return stopped || super.isReadShutdown();
    }

    @Override
    public void resumeReads() {
        if (ahead == null) next.resumeReads();
        else next.wakeupReads();
    }

    @Override
    public void awaitReadable() throws IOException {
        if (ahead == null) next.awaitReadable();
    }

    @Override
    public void awaitReadable(long time, TimeUnit unit) throws IOException {
        if (ahead == null) next.awaitReadable(time, unit);
    }

    /** The way back: knows whether a response has begun, and writes the refusals. */
    private final class Answers extends AbstractStreamSinkConduit<StreamSinkConduit> {
        private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.READING);
        /** Whether a response has begun on this connection, ever. */
        private volatile boolean any;

        Answers(StreamSinkConduit next) {
            super(next);
        }

        void refuse(Problem fault) throws IOException {
            any = true;
            // A reset would take the answer away. It is meant for responses that break off.
            socket.setOption(Options.CLOSE_ABORT, false);
            write(refusals.apply(fault));
            terminateWrites();
        }

        @Override
        public void terminateWrites() throws IOException {
            super.terminateWrites();
            ends.write();
        }

        /** Bytes that the client does not take at once are lost: it has not read the answers before. */
        private void write(byte[] all) throws IOException {
            ByteBuffer rest = ByteBuffer.wrap(all);
            while (rest.hasRemaining() && next.write(rest) > 0) {}
        }

        /** True if these bytes are a refusal by the server itself, which is written as a problem instead. */
        private boolean begins(ByteBuffer first) throws IOException {
            Phase now = phase.get();
            if (now == Phase.BEGUN || passing) return false;
            String status = status(first);
            if (status.startsWith("1")) return false;
            any = true;
            // Race: a refusal against this response; as in refuse().
            if (now == Phase.REFUSED || !phase.compareAndSet(now, Phase.BEGUN))
                throw new IOException("The request was malformed");
            if (now == Phase.GIVEN || !status.equals(BAD_REQUEST)) return false;
            write(refusals.apply(NOT_HTTP));
            return true;
        }

        /** The status of a response that begins so. */
        private static String status(ByteBuffer bytes) {
            byte[] status = new byte[BAD_REQUEST.length()];
            if (bytes.remaining() < VERSION.length() + status.length) return "";
            bytes.duplicate().position(bytes.position() + VERSION.length()).get(status);
            return new String(status, StandardCharsets.ISO_8859_1);
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return begins(from) ? drop(from) : next.write(from);
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) throws IOException {
            return length > 0 && begins(from[offset]) ? drop(from, offset, length) : next.write(from, offset, length);
        }

        @Override
        public void truncateWrites() throws IOException {
            super.truncateWrites();
            ends.write();
        }

        @Override
        public int writeFinal(ByteBuffer from) throws IOException {
            int written = begins(from) ? drop(from) : next.writeFinal(from);
            if (!from.hasRemaining()) ends.write();
            return written;
        }

        @Override
        public long writeFinal(ByteBuffer[] from, int offset, int length) throws IOException {
            long written = length > 0 && begins(from[offset])
                    ? drop(from, offset, length)
                    : next.writeFinal(from, offset, length);
            if (!Buffers.hasRemaining(from, offset, length)) ends.write();
            return written;
        }

        private static int drop(ByteBuffer from) {
            int length = from.remaining();
            from.position(from.limit());
            return length;
        }

        private static long drop(ByteBuffer[] from, int offset, int length) {
            long all = 0;
            for (int i = offset; i < offset + length; i++) all += drop(from[i]);
            return all;
        }
    }
}
