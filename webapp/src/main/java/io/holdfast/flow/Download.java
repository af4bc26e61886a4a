// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.Headers;
import io.holdfast.http.HeldStream;
import io.holdfast.http.Relayed;
import io.holdfast.http.Stall;
import io.holdfast.time.Timer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A response on its way to the client. A short one is gathered and given as a whole; of a long one, or one that does not say how long
 * it is, each piece is passed on as it comes, and no more is taken than the client takes.
 */
public final class Download {
    private static final byte[] NOTHING = {};

    private final int status;
    private final Headers headers;
    private final int most;
    private final IntConsumer source;
    private final Client client;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(); // all state is guarded by this
    private @Nullable HeldStream stream;
    private @Nullable Stall stall;
    private int acknowledged;
    private boolean writing, ended, broken;

    /** For whom it is. */
    public interface Client {
        /** The whole response. */
        void whole(int status, Headers headers, byte[] body);

        /** It is longer than may be gathered: it is given up, or {@linkplain Download#passOn passed on}. */
        void tooLong();

        /** All of it has been taken; whether somebody else goes on with its stream, which is not ended then. */
        default boolean goesOn(HeldStream stream) {
            return false;
        }

        /** A stream with this head; null if nobody is there any more. */
        @Nullable
        HeldStream stream(Relayed head);

        /** All of it is on its way. */
        void over();

        /** The client takes no more of it. */
        void broken();

        /** Until it is cut, how long a client may take nothing. */
        Duration stall();

        /** The time. */
        Timer timer();
    }

    /**
     * A response that begins with this head.
     *
     * @param most up to how many bytes it is gathered: more is too long
     * @param source told how many bytes are not in memory any more
     */
    public static Download gathered(int status, Headers headers, int most, IntConsumer source, Client client) {
        return new Download(status, headers, most, source, client);
    }

    /** A response that begins with this head and is passed on as it comes. */
    public static Download streamed(int status, Headers headers, IntConsumer source, Client client) {
        Download download = new Download(status, headers, 0, source, client);
        download.stream = client.stream(new Relayed(status, headers, NOTHING));
        return download;
    }

    private Download(int status, Headers headers, int most, IntConsumer source, Client client) {
        this.status = status;
        this.headers = headers;
        this.most = most;
        this.source = source;
        this.client = client;
    }

    /** What was gathered, and what follows, is passed on behind this head. */
    public void passOn(Relayed head) {
        HeldStream begun = client.stream(head);
        synchronized (this) {
            stream = begun;
        }
        pump();
    }

    /** A piece has come. */
    public void piece(ByteBuffer bytes) {
        int length = bytes.remaining();
        byte[] copy = new byte[length];
        bytes.get(copy);
        boolean gathers;
        synchronized (this) {
            buffer.writeBytes(copy);
            gathers = stream == null;
            if (gathers && buffer.size() > most) length = -1;
            else if (gathers) acknowledged += length;
        }
        if (length < 0) client.tooLong();
        else if (gathers) source.accept(length);
        else pump();
    }

    /** That was all. */
    public void complete() {
        byte[] body = null;
        synchronized (this) {
            ended = true;
            if (stream == null) body = buffer.toByteArray();
        }
        if (body == null) pump();
        else client.whole(status, headers, body);
    }

    /** It broke off: the client is given what there is of it, and cut; false if it has nothing of it yet. */
    public boolean failed() {
        synchronized (this) {
            if (stream == null) return false;
            ended = true;
            broken = true;
        }
        pump();
        return true;
    }

    private void pump() {
        byte[] chunk = NOTHING;
        HeldStream to;
        synchronized (this) {
            to = stream;
            if (to == null || writing || (buffer.size() == 0 && !ended)) return;
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
            brokenOff = broken;
        }
        if (!brokenOff && client.goesOn(to)) return;
        // Before the server says that this was all, which must not be taken for a client that has left.
        client.over();
        if (brokenOff) to.cut();
        else to.end();
    }

    private void write(HeldStream to, byte[] chunk) {
        if (!to.write(chunk, () -> taken(chunk.length))) {
            cut(to);
            return;
        }
        synchronized (this) {
            if (writing && stall == null) stall = Stall.watch(to, client.stall(), client.timer(), () -> cut(to));
        }
    }

    private void cut(HeldStream to) {
        client.broken();
        to.cut();
    }

    private void taken(int length) {
        Stall watching;
        int known;
        synchronized (this) {
            known = Math.min(acknowledged, length);
            acknowledged -= known;
            writing = false;
            watching = stall;
            stall = null;
        }
        if (watching != null) watching.cancel();
        if (length > known) source.accept(length - known);
        pump();
    }
}
