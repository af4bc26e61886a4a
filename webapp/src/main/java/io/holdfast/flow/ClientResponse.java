// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.concurrent.StallWatch;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.HeldStream;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.message.Response;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response on its way to a client. A short body is gathered and written as a whole. If the body is long or its length is
 * unknown, each piece is written as it comes. Then no more is requested than the client accepts. A client that accepts nothing for too
 * long is cut.
 */
public final class ClientResponse implements BodySink, StallWatch.Subject {
    private static final int SHORT = 64 * 1024;
    private static final byte[] NOTHING = {};

    private final HeldResponse client;
    private final ResponseHead head;
    private final StallLimit stall;
    private final Owner owner;
    private volatile BodySource source = BodySource.NONE;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(); // all state is guarded by this
    private @Nullable HeldStream stream;
    private @Nullable StallWatch watch;
    private int requested; // the bytes in the buffer that were requested before
    private long owed; // the bytes that have come and are still to be requested anew
    private boolean writing, ended, broken, closed;
    private volatile boolean draining; // changed under the lock

    /** The owner of a response. */
    public interface Owner {
        /** The answer for the client if the response fails before any of it was written. */
        Response answerTo(Exception why);

        /** The client is gone or accepts nothing. The source of the body is cancelled. Not called if it is drained. */
        void onBroken();

        /** Whether the source may finish for a client that is gone. The rest of the body is dropped then. */
        default boolean drains() {
            return false;
        }

        /** All of the response is written, or will be at once. */
        default void onWritten() {}

        /** All of the response is written. True if the owner continues the stream, which is then not ended. */
        default boolean takesOver(HeldStream stream) {
            return false;
        }
    }

    /** A response that begins with this head; its body is requested from the source. */
    public static ClientResponse begin(
            HeldResponse client, ResponseHead head, BodySource source, StallLimit stall, Owner owner) {
        ClientResponse made = of(client, head, stall, owner);
        made.source = source;
        made.begin(NOTHING);
        source.request(BodySource.WINDOW);
        return made;
    }

    /**
     * Continues with a body of which the beginning has come already.
     *
     * @param beginning the beginning of the body; these bytes are not requested again
     */
    public static ClientResponse goOn(
            HeldResponse client,
            ResponseHead head,
            byte[] beginning,
            BodySource source,
            StallLimit stall,
            Owner owner) {
        ClientResponse made = of(client, head, stall, owner);
        made.source = source;
        made.begin(beginning);
        return made;
    }

    /** A response that is about to {@linkplain #begin(byte[], RequestBody) begin} with this head. */
    public static ClientResponse of(HeldResponse client, ResponseHead head, StallLimit stall, Owner owner) {
        return new ClientResponse(client, head, stall, owner);
    }

    private ClientResponse(HeldResponse client, ResponseHead head, StallLimit stall, Owner owner) {
        this.client = client;
        this.head = head;
        this.stall = stall;
        this.owner = owner;
    }

    /** Begins the body with these bytes, followed by the body of a request if there is one. */
    public void begin(byte[] beginning, @Nullable RequestBody rest) {
        // The body is opened first. If the client is gone, the next sink can then open the body.
        BodySource opened = rest == null ? BodySource.NONE : rest.open(this);
        source = opened;
        begin(beginning);
        if (rest == null) end();
        else opened.request(BodySource.WINDOW);
    }

    private void begin(byte[] beginning) {
        if (!client.takes(relayed(NOTHING))) {
            client.answer(relayed(NOTHING));
            abandon();
            return;
        }
        synchronized (this) {
            buffer.writeBytes(beginning);
            requested = beginning.length;
        }
        if (head.length() < 0 || head.length() > SHORT) open();
        pump();
    }

    private void open() {
        Optional<HeldStream> opened = client.stream(relayed(NOTHING));
        if (opened.isEmpty()) {
            abandon();
            return;
        }
        synchronized (this) {
            stream = opened.get();
            watch = new StallWatch(stall.timer(), stall.limit(), this);
        }
        opened.get().onGone(this::abandon);
    }

    private PassedResponse relayed(byte[] body) {
        return new PassedResponse(head.status(), head.headers(), body);
    }

    /** The client is gone. */
    private void abandon() {
        long more;
        synchronized (this) {
            if (closed) return;
            closed = true;
            draining = !ended && owner.drains();
            buffer.reset();
            more = owed;
            owed = 0;
        }
        close();
        if (draining) {
            if (more > 0) source.request(more);
            return;
        }
        // The owner comes first. When the origin notices the cancelled source, the request has then ended already.
        owner.onBroken();
        source.cancel();
    }

    private void close() {
        StallWatch watching;
        synchronized (this) {
            closed = true;
            watching = watch;
        }
        if (watching != null) watching.close();
    }

    @Override
    public void piece(ByteBuffer piece) {
        byte[] bytes = BodySink.bytes(piece);
        boolean opens, dropped;
        synchronized (this) {
            dropped = closed;
            if (!dropped) {
                buffer.writeBytes(bytes);
                owed += bytes.length;
            }
            opens = !dropped && stream == null && buffer.size() > SHORT;
        }
        if (dropped) {
            if (draining) source.request(bytes.length);
            return;
        }
        if (opens) open();
        pump();
    }

    @Override
    public void end() {
        byte[] whole = null;
        synchronized (this) {
            ended = true;
            if (closed && !draining) return;
            if (stream == null && !closed) whole = buffer.toByteArray();
        }
        source.confirm();
        if (whole == null) pump();
        else if (client.answer(relayed(whole), stall.limit(), stall.timer())) owner.onWritten();
        else abandon();
    }

    /** Writes the part of the body that has come, and cuts the client. If nothing was written before, the client gets another answer. */
    @Override
    public void fail(Exception why) {
        boolean begun;
        synchronized (this) {
            ended = true;
            broken = true;
            begun = stream != null;
        }
        if (begun) pump();
        else client.answer(owner.answerTo(why));
    }

    private void pump() {
        byte[] chunk = NOTHING;
        HeldStream to;
        synchronized (this) {
            to = stream;
            if (to == null || closed || writing || (buffer.size() == 0 && !ended)) return;
            if (buffer.size() > 0) {
                chunk = buffer.toByteArray();
                buffer.reset();
                writing = true;
            }
        }
        if (chunk.length == 0) end(to);
        else write(to, chunk);
    }

    private void end(HeldStream to) {
        boolean brokenOff;
        synchronized (this) {
            if (closed) return;
            brokenOff = broken;
        }
        close();
        if (brokenOff) to.cut();
        else if (!owner.takesOver(to)) {
            // The owner comes before the end, because the end of the response must not be taken for a
            // client that leaves.
            owner.onWritten();
            to.end();
        }
    }

    private void write(HeldStream to, byte[] chunk) {
        if (!to.write(chunk, () -> taken(chunk.length))) {
            onStall();
            return;
        }
        StallWatch watching;
        synchronized (this) {
            watching = writing ? watch : null;
        }
        if (watching != null) watching.expect();
    }

    private void taken(int length) {
        long more;
        synchronized (this) {
            int known = Math.min(requested, length);
            requested -= known;
            // Race: a client that leaves against this; whichever comes first requests what is owed.
            more = Math.min(owed, length - known);
            owed -= more;
            writing = false;
        }
        if (more > 0) source.request(more);
        pump();
    }

    @Override
    public long progress() {
        HeldStream to;
        synchronized (this) {
            to = stream;
        }
        return to == null ? 0 : to.progress();
    }

    @Override
    public synchronized boolean isAwaited() {
        return writing && !closed;
    }

    /** The client accepts nothing any more. */
    @Override
    public void onStall() {
        HeldStream to;
        synchronized (this) {
            to = stream;
        }
        abandon();
        if (to != null) to.cut();
    }
}
