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
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A response that goes on with what is published to its channels, and with what is found behind its link, until that ends it or the
 * client leaves.
 */
final class StreamHold implements Topic.Subscriber {
    /** A client that is behind by more is cut. */
    private static final int MOST_WAITING = 100;

    private static final int MOST_TRIES = 5;
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private final Held held;
    private final Topics topics;
    private final Json json;
    private final Duration stall;
    private final Response first;
    private final @Nullable URI gone;

    // Guarded by this.
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private final Deque<News> unread = new ArrayDeque<>();
    private Instruct instruct;
    private Subscription subscription;
    private List<Topic> joined = List.of();
    private @Nullable HeldStream stream;
    private @Nullable Waiter<News> place;
    private @Nullable Stall watching;
    private @Nullable Scheduled keepAlive, nextLink;
    private boolean writing, fetching, ending, over;

    StreamHold(Held held, Instruct instruct, Topics topics, Json json, Duration stall) {
        this.held = held;
        this.topics = topics;
        this.json = json;
        this.stall = stall;
        this.first = instruct.response();
        this.gone = instruct.gone();
        this.instruct = instruct;
        this.subscription = new Subscription(instruct.channels(), instruct.meta());
    }

    void start() {
        Waiter<News> mine =
                topics.waiters().hold(new Key<>("grip.stream", "all"), FOR_EVER, news -> false, this::drained);
        if (mine.hasEnded()) return;
        synchronized (this) {
            place = mine;
        }
        held.onGone(mine::gone);
        // Whoever has seen the beginning is given whatever is published from then on.
        subscribe(instruct, this::begin);
    }

    private void begin() {
        Optional<HeldStream> begun = held.response().stream(new Relayed(
                first.status(),
                held.headers(Headers.without(first.headers(), List.of("Content-Length"))),
                first.body()));
        if (begun.isEmpty()) {
            leave();
            return;
        }
        boolean late;
        synchronized (this) {
            late = over;
            stream = begun.get();
        }
        begun.get().onGone(this::leave);
        if (late) begun.get().cut();
        else goOn();
    }

    /** Joins the topics of the instruction before those of the one before are left; tells when all of them are followed. */
    private void subscribe(Instruct now, Runnable whenFollowed) {
        List<Topic> before, after = new ArrayList<>();
        Subscription subscribed = new Subscription(now.channels(), now.meta());
        for (String name : subscribed.topics()) after.add(topics.join(name));
        synchronized (this) {
            before = joined;
            joined = over ? List.of() : after;
            instruct = now;
            subscription = subscribed;
        }
        for (Topic topic : before) if (!after.contains(topic)) topic.remove(this);
        for (Topic topic : after) topic.add(this);
        before.forEach(topics::leave);
        if (isOver()) {
            after.forEach(topic -> topic.remove(this));
            after.forEach(topics::leave);
            return;
        }
        AtomicInteger missing = new AtomicInteger(after.size());
        for (Topic topic : after)
            topic.check((lastId, lastCome) -> {
                checked(topic.name, lastId);
                if (missing.decrementAndGet() == 0) whenFollowed.run();
            });
        if (after.isEmpty()) whenFollowed.run();
    }

    private synchronized boolean isOver() {
        return over;
    }

    /** Where a part of the stream is begun: what follows it, and when. */
    private void goOn() {
        boolean held, linked;
        synchronized (this) {
            held = instruct.hold() == Instruct.Hold.STREAM;
            linked = instruct.next() != null;
            if (!held && !linked) ending = true;
        }
        if (held) {
            armKeepAlive();
            armNext();
        } else if (linked) fetch(0);
        pump();
    }

    private void checked(String topic, @Nullable String lastId) {
        boolean behind;
        synchronized (this) {
            String seen = subscription.seen(topic);
            behind = instruct.next() != null && seen != null && lastId != null && !lastId.equals(seen);
        }
        if (behind) fetch(0);
    }

    /** The member is full or goes down, or the client is gone. */
    private boolean drained(Outcome<News> outcome) {
        HeldStream begun = close();
        if (outcome.ending() == Ending.GONE) return false;
        if (begun != null) begun.end();
        else held.response().answer(json.full());
        return true;
    }

    /** Nothing is written any more; the stream, if it has begun. */
    private @Nullable HeldStream close() {
        HeldStream begun;
        List<Topic> left;
        synchronized (this) {
            if (over) return null;
            over = true;
            begun = stream;
            left = joined;
            joined = List.of();
            cancel(keepAlive);
            cancel(nextLink);
            waiting.clear();
            unread.clear();
        }
        for (Topic topic : left) {
            topic.remove(this);
            topics.leave(topic);
        }
        if (gone != null) held.tell(gone);
        held.done();
        return begun;
    }

    private static void cancel(@Nullable Scheduled alarm) {
        if (alarm != null) alarm.cancel();
    }

    @Override
    public void add(News news) {
        boolean fetches, linked;
        synchronized (this) {
            if (over || ending) return;
            // What is fetched may have it; that is known when it has come.
            if (fetching) {
                if (unread.size() < MOST_WAITING) unread.add(news);
                return;
            }
            fetches = read(news);
            linked = instruct.next() != null;
        }
        if (fetches && linked) fetch(0);
        // What was missed cannot be had: its client comes again.
        else if (news.item() == null) cut();
    }

    private void cut() {
        HeldStream begun;
        synchronized (this) {
            begun = stream;
        }
        if (begun != null) begun.cut();
        else held.response().answer(json.full());
        leave();
    }

    /** Whether one has to look behind the link. */
    private boolean read(News news) {
        Item item = news.item();
        if (item == null) return true;
        HttpStream published = item.formats().stream();
        if (published == null) return false;
        if (subscription.isOutOfOrder(item)) return true;
        if (subscription.drops(item, published.contentFilters())) return false;
        subscription.saw(item.channel(), item.id());
        switch (published.action()) {
            case SEND -> append(item, published);
            case CLOSE -> ending = true;
            case HINT, REFRESH -> {
                return true;
            }
        }
        return false;
    }

    private void append(Item item, HttpStream published) {
        try {
            subscription.filtered(item, published.content()).ifPresent(waiting::add);
        } catch (FilterException e) {
            ending = true;
        }
    }

    /** Asks for what is behind the link; tries again if there is nothing, later and later. */
    private void fetch(int tries) {
        Instruct.Link link;
        List<Entry<String, String>> lasts;
        synchronized (this) {
            link = instruct.next();
            if (over || link == null || (fetching && tries == 0)) return;
            fetching = true;
            cancel(nextLink);
            lasts = subscription.lasts();
        }
        held.fetch(link.uri(), lasts, new Held.Fetched() {
            @Override
            public void response(int status, List<Entry<String, String>> headers, byte[] body) {
                if (status / 100 == 2) fetched(new Response(status, "", headers, body), tries);
                else failed("status " + status);
            }

            @Override
            public void failed(String why) {
                fetchLater(tries + 1);
            }
        });
    }

    private void fetchLater(int tries) {
        if (tries > MOST_TRIES) end();
        else
            topics.after((1_000L << (tries - 1)) + ThreadLocalRandom.current().nextInt(1_000), () -> topics.executor()
                    .execute(() -> fetch(tries)));
    }

    private void fetched(Response response, int tries) {
        Instruct next;
        try {
            next = InstructParser.parse(response, held.prefix(), InstructParser.MOST_CHANNELS);
        } catch (InstructException e) {
            fetchLater(tries + 1);
            return;
        }
        if (next.hold() == Instruct.Hold.RESPONSE) {
            fetchLater(tries + 1);
            return;
        }
        subscribe(GripRoom.subscribed(next, held), () -> {});
        boolean again = false;
        synchronized (this) {
            fetching = false;
            if (over) return;
            if (next.response().body().length > 0) waiting.add(next.response().body());
            while (!unread.isEmpty() && !again) again = read(unread.removeFirst()) && next.next() != null;
        }
        goOn();
        if (again) fetch(0);
    }

    private void end() {
        synchronized (this) {
            ending = true;
        }
        pump();
    }

    /** Writes what there is, if the client has taken what was there before. */
    @Override
    public void pump() {
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
        if (tooSlow) cut();
        else if (chunk == null) {
            to.end();
            leave();
        } else write(to, chunk);
    }

    private byte[] joined() {
        if (waiting.size() == 1) return waiting.removeFirst();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] one = waiting.poll(); one != null; one = waiting.poll()) all.writeBytes(one);
        return all.toByteArray();
    }

    private void write(HeldStream to, byte[] chunk) {
        armNext();
        if (keepsAliveWhenIdle()) armKeepAlive();
        if (!to.write(chunk, this::taken)) {
            cut();
            return;
        }
        synchronized (this) {
            if (writing && watching == null)
                watching = Stall.watch(to, stall, topics.clocks().timer(), to::cut);
        }
    }

    private synchronized boolean keepsAliveWhenIdle() {
        KeepAlive keeping = instruct.keepAlive();
        return keeping != null && keeping.mode() == KeepAlive.Mode.IDLE;
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

    private synchronized void armKeepAlive() {
        KeepAlive keeping = instruct.keepAlive();
        cancel(keepAlive);
        if (over || keeping == null) return;
        long pause = keeping.pause(ThreadLocalRandom.current());
        keepAlive = topics.after(pause, () -> topics.executor().execute(this::sayAlive));
    }

    private void sayAlive() {
        synchronized (this) {
            KeepAlive keeping = instruct.keepAlive();
            if (over || keeping == null) return;
            if (waiting.isEmpty() && !writing) waiting.add(keeping.data());
        }
        armKeepAlive();
        pump();
    }

    private synchronized void armNext() {
        Instruct.Link link = instruct.next();
        cancel(nextLink);
        if (over || link == null || fetching) return;
        long pause = link.timeout() * 1_000L + ThreadLocalRandom.current().nextInt(1_000);
        nextLink = topics.after(pause, () -> topics.executor().execute(() -> fetch(0)));
    }
}
