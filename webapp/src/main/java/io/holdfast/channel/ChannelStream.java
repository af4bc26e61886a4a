// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import io.holdfast.channel.core.ChannelOptions;
import io.holdfast.channel.core.Channels;
import io.holdfast.channel.core.Cursor;
import io.holdfast.channel.core.Delivery;
import io.holdfast.channel.core.News;
import io.holdfast.concurrent.ClosingReference;
import io.holdfast.concurrent.StallWatch;
import io.holdfast.http.Call;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.HeldStream;
import io.holdfast.http.message.EventSources;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.time.Clocks;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Waiter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A reader that polls on the server's side of the connection. It is held like any other reader and writes each page that it gets. When
 * the client has accepted the page, the reader is held again, with the new cursor. So a slow client costs the memory of one page. A
 * client that falls too far behind, or accepts nothing, is cut; it can reconnect with its cursor.
 */
final class ChannelStream implements Channels.Reader {
    private static final byte[] COMMENT = ": still here\n".getBytes(StandardCharsets.UTF_8);
    private static final Duration GRACE = Duration.ofSeconds(60);

    private final Channels channels;
    private final ChannelOptions options;
    private final Rendering rendering;
    private final Clocks clocks;
    private final boolean sse;
    private final int limit;
    private final Duration life;
    private final long end;

    /** The one door to every ending. It refers to the waiter while the stream has nothing to write. */
    private final ClosingReference<Waiter<News>> door = new ClosingReference<>(Waiter::gone);

    // Changed by one thread at a time, because the stream is either held or writing.
    private volatile Cursor cursor = new Cursor(java.util.List.of(), java.util.List.of());
    private volatile long leastBehind = Long.MAX_VALUE;
    /** Whether lines follow the last event. */
    private volatile boolean unfinished = true;

    private volatile @Nullable HeldStream out;

    ChannelStream(
            Channels channels,
            ChannelOptions options,
            Rendering rendering,
            Clocks clocks,
            boolean sse,
            int limit,
            Duration life) {
        this.channels = channels;
        this.options = options;
        this.rendering = rendering;
        this.clocks = clocks;
        this.sse = sse;
        this.limit = limit;
        this.life = life;
        this.end = clocks.ticker().nanos() + life.toNanos();
    }

    void start(Call call, Cursor from) throws IOException {
        cursor = from;
        begin(call.stream(head(sse), life.plus(GRACE)));
    }

    /** The same for a request that is already held, for at most {@link #longest()}. */
    void start(HeldResponse response, Cursor from) {
        cursor = from;
        response.stream(head(sse)).ifPresent(this::begin);
    }

    /** The longest time that the response may take. */
    Duration longest() {
        return life.plus(GRACE);
    }

    private void begin(HeldStream stream) {
        out = stream;
        channels.counts().began();
        stream.onGone(this::close);
        Cursor from = cursor;
        if (from.isPlaced()) next();
        else
            channels.read(from, limit).whenComplete((delivery, error) -> {
                if (delivery == null) end();
                else if (!delivery.isEmpty()) delivered(delivery);
                else {
                    cursor = delivery.cursor();
                    // A reader without a place gets one now, so that it misses nothing if it is cut before
                    // its first event.
                    unfinished = false;
                    write(sse ? rendering.place(cursor) : rendering.bookmark(cursor));
                }
            });
    }

    /** The head of a stream, and its beginning. */
    static OwnResponse head(boolean sse) {
        if (sse) return EventSources.begun();
        return new OwnResponse(200, "application/x-ndjson", Headers.of("X-Accel-Buffering", "no"), new byte[0]);
    }

    private void next() {
        if (door.isClosed()) return;
        Duration left = Duration.ofNanos(end - clocks.ticker().nanos());
        if (left.isNegative() || left.isZero()) {
            end();
            return;
        }
        Duration wait = left.compareTo(options.heartbeat()) < 0 ? left : options.heartbeat();
        door.set(channels.await(cursor, limit, wait, this));
    }

    @Override
    public boolean delivered(Delivery delivery) {
        channels.counts().delivered(delivery);
        Cursor before = cursor;
        cursor = delivery.cursor();
        unfinished = false;
        leastBehind = Math.min(leastBehind, delivery.behind());
        if (delivery.behind() > leastBehind + options.lag()) return cut();
        return write(sse ? rendering.sse(delivery, before) : rendering.lines(delivery, before));
    }

    @Override
    public boolean ended(Ending ending, Cursor at) {
        if (ending == Ending.TIMED_OUT) {
            unfinished = true;
            return write(sse ? COMMENT : rendering.bookmark(cursor));
        }
        return ending != Ending.GONE && end();
    }

    @Override
    public void failed(Throwable why) {
        end();
    }

    /** Writes the only chunk that is on its way. A client that accepts nothing of it is cut. */
    private boolean write(byte[] chunk) {
        HeldStream stream = stream();
        StallWatch stall = stream.watch(options.stall(), clocks.timer(), this::cut);
        boolean open = stream.write(chunk, () -> {
            stall.close();
            next();
        });
        if (!open) {
            stall.close();
            end();
        }
        return open;
    }

    private boolean end() {
        close();
        HeldStream stream = stream();
        // Jersey makes an empty event of lines that no event follows, so one follows.
        if (sse && unfinished && cursor.isPlaced()) stream.write(rendering.place(cursor), () -> {});
        return stream.end();
    }

    private boolean cut() {
        boolean first = stream().cut();
        if (first) channels.counts().wasCut();
        close();
        return first;
    }

    /** Ends the waiter too, unless it has ended already. */
    private void close() {
        if (door.close()) channels.counts().ended();
    }

    private HeldStream stream() {
        HeldStream stream = out;
        if (stream == null) throw new IllegalStateException("a stream that was not started");
        return stream;
    }
}
