// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.grip.Formats.HttpStream;
import io.holdfast.http.HeldStream;
import io.holdfast.http.Json;
import io.holdfast.http.Relayed;
import io.holdfast.http.Stall;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Waiter;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A response that goes on with what is published to its channels, until that ends it or the client leaves. */
final class StreamHold {
    /** A client that is behind by more is cut. */
    private static final int MOST_WAITING = 100;

    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private final Held held;
    private final Instruct instruct;
    private final Topics topics;
    private final Json json;
    private final Duration stall;
    private final List<Topic> joined = new ArrayList<>();

    // Guarded by this.
    private final Subscription subscription;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private @Nullable HeldStream stream;
    private @Nullable Waiter<News> place;
    private @Nullable Stall watching;
    private @Nullable Scheduled alarm;
    private boolean writing, ending, over;

    StreamHold(Held held, Instruct instruct, Topics topics, Json json, Duration stall) {
        this.held = held;
        this.instruct = instruct;
        this.topics = topics;
        this.json = json;
        this.stall = stall;
        this.subscription = new Subscription(instruct.channels(), instruct.meta());
    }

    void start() {
        List<String> names = subscription.topics();
        // What comes from now on waits until the beginning is written.
        for (String name : names) joined.add(topics.join(name));
        for (Topic topic : joined) topic.add(this);
        Waiter<News> mine =
                topics.waiters().hold(new Key<>("grip.stream", "all"), FOR_EVER, news -> false, this::drained);
        if (mine.hasEnded()) return;
        synchronized (this) {
            place = mine;
        }
        held.onGone(mine::gone);
        Response first = instruct.response();
        Optional<HeldStream> begun =
                held.response().stream(new Relayed(first.status(), withoutLength(first), first.body()));
        if (begun.isEmpty()) {
            mine.gone();
            return;
        }
        synchronized (this) {
            stream = begun.get();
        }
        begun.get().onGone(mine::gone);
        keepAlive();
        pump();
    }

    private static List<java.util.Map.Entry<String, String>> withoutLength(Response response) {
        return Headers.without(response.headers(), List.of("Content-Length"));
    }

    /** The member is full or goes down, or the client is gone. */
    private boolean drained(Outcome<News> outcome) {
        HeldStream begun = close();
        if (outcome.ending() == Ending.REFUSED) held.response().answer(json.full());
        else if (begun != null && outcome.ending() != Ending.GONE) begun.end();
        return outcome.ending() != Ending.GONE;
    }

    /** Nothing is written any more; the stream, if it has begun. */
    private @Nullable HeldStream close() {
        HeldStream begun;
        Scheduled waits;
        synchronized (this) {
            if (over) return null;
            over = true;
            begun = stream;
            waits = alarm;
            waiting.clear();
        }
        if (waits != null) waits.cancel();
        for (Topic topic : joined) {
            topic.remove(this);
            topics.leave(topic);
        }
        held.done();
        return begun;
    }

    /** Takes note of what was published. */
    void add(News news) {
        Item item = news.item();
        HttpStream published = item == null ? null : item.formats().stream();
        if (item == null || published == null) return;
        synchronized (this) {
            if (over || ending || subscription.drops(item, published.contentFilters())) return;
            subscription.saw(item.channel(), item.id());
            switch (published.action()) {
                case SEND -> append(item, published);
                case CLOSE -> ending = true;
                case HINT, REFRESH -> {
                    // There is no link to go on with.
                }
            }
        }
    }

    private void append(Item item, HttpStream published) {
        try {
            subscription.filtered(item, published.content()).ifPresent(waiting::add);
        } catch (FilterException e) {
            ending = true;
        }
    }

    /** Writes what there is, if the client has taken what was there before. */
    void pump() {
        HeldStream to;
        byte[] chunk = null;
        boolean tooSlow;
        synchronized (this) {
            to = stream;
            if (to == null || over || writing) return;
            tooSlow = waiting.size() > MOST_WAITING;
            if (!waiting.isEmpty()) {
                chunk = joined();
                writing = true;
            } else if (!ending) return;
        }
        if (tooSlow) to.cut();
        else if (chunk == null) finish(to);
        else write(to, chunk);
    }

    private byte[] joined() {
        if (waiting.size() == 1) return waiting.removeFirst();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] one = waiting.poll(); one != null; one = waiting.poll()) all.writeBytes(one);
        return all.toByteArray();
    }

    private void finish(HeldStream to) {
        to.end();
        leave();
    }

    private void write(HeldStream to, byte[] chunk) {
        KeepAlive keeping = instruct.keepAlive();
        if (keeping != null && keeping.mode() == KeepAlive.Mode.IDLE) keepAlive();
        if (!to.write(chunk, this::taken)) {
            to.cut();
            leave();
            return;
        }
        synchronized (this) {
            if (writing && watching == null)
                watching = Stall.watch(to, stall, topics.clocks().timer(), to::cut);
        }
    }

    private void taken() {
        Stall watched;
        synchronized (this) {
            writing = false;
            watched = watching;
            watching = null;
        }
        if (watched != null) watched.cancel();
        pump();
    }

    /** It is over by our own doing, which nobody else tells us. */
    private void leave() {
        Waiter<News> mine;
        synchronized (this) {
            mine = place;
        }
        if (mine != null) mine.gone();
    }

    private void keepAlive() {
        KeepAlive keeping = instruct.keepAlive();
        if (keeping == null) return;
        long pause = Math.max(
                1, keeping.timeout() * 1_000L - ThreadLocalRandom.current().nextInt(1_000));
        synchronized (this) {
            if (over) return;
            if (alarm != null) alarm.cancel();
            alarm = topics.after(pause, () -> topics.executor().execute(this::alarmed));
        }
    }

    private void alarmed() {
        KeepAlive keeping = instruct.keepAlive();
        synchronized (this) {
            if (over || keeping == null) return;
            if (waiting.isEmpty() && !writing) waiting.add(keeping.data());
        }
        keepAlive();
        pump();
    }
}
