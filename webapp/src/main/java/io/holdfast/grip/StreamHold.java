// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.grip.instruct.Instruct;
import io.holdfast.grip.instruct.InstructException;
import io.holdfast.grip.instruct.InstructParser;
import io.holdfast.grip.instruct.KeepAlive;
import io.holdfast.grip.instruct.References;
import io.holdfast.grip.instruct.WholeResponse;
import io.holdfast.grip.item.FilterException;
import io.holdfast.grip.item.Filters;
import io.holdfast.grip.item.Formats.HttpStream;
import io.holdfast.grip.item.Item;
import io.holdfast.http.Headers;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A response that goes on with what is published to its channels, and with what is found behind its link, until that ends it or the
 * client leaves.
 */
final class StreamHold implements Topic.Subscriber {
    /** A client that is behind by more is cut. */
    private static final int MOST_WAITING = 100, MOST_BYTES_WAITING = 16 << 20, MOST_JOINED = 64 * 1024;

    private static final int MOST_TRIES = 5, PAUSE_MILLIS = 100, LONGEST_PAUSE_MILLIS = 5_000;
    private static final Duration FOR_EVER = Duration.ofDays(3650);
    private static final byte[] NOTHING = {};

    private final Held held;
    private final Topics topics;
    private final Json json;
    private final Duration stall;
    private final Instruct beginning;

    // Guarded by this.
    private final Set<String> active = new HashSet<>();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private final Deque<News> unread = new ArrayDeque<>();
    private Instruct instruct;
    private Subscription subscription;
    private URI place;
    private int timesBehind;
    private List<Topic> joined = List.of();
    private @Nullable HeldStream stream;
    private @Nullable Waiter<News> waiter;
    private @Nullable Stall watching;
    private @Nullable Scheduled keepAlive, nextLink;
    private boolean writing, fetching, due, ending, over;

    StreamHold(Held held, Instruct instruct, Topics topics, Json json, Duration stall) {
        this.held = held;
        this.topics = topics;
        this.json = json;
        this.stall = stall;
        this.beginning = instruct;
        this.instruct = instruct;
        this.subscription = new Subscription(instruct.channels(), instruct.meta());
        this.place = held.place();
    }

    /** The head of its response, with so much of the body. */
    static Relayed head(Held held, WholeResponse first, byte[] body) {
        return new Relayed(first.status(), held.headers(first.headers().without("Content-Length")), body);
    }

    void start() {
        // Whoever has seen the beginning is given whatever is published from then on.
        if (isHeld()) subscribe(beginning, this::begin);
    }

    /** Begins where all that is to come first is written. */
    void goOn(HeldStream begun) {
        synchronized (this) {
            stream = begun;
        }
        if (isHeld()) subscribe(beginning, () -> goOn(true));
    }

    private boolean isHeld() {
        Waiter<News> mine =
                topics.waiters().hold(new Key<>("grip.stream", "all"), FOR_EVER, news -> false, this::drained);
        if (mine.hasEnded()) return false;
        synchronized (this) {
            waiter = mine;
        }
        held.onGone(mine::gone);
        return true;
    }

    private void begin() {
        WholeResponse first = beginning.response();
        byte[] body;
        String refusal = null;
        try {
            body = Filters.response(beginning.channels(), beginning.meta(), first.body());
        } catch (FilterException e) {
            body = NOTHING;
            refusal = "filter error: " + e.getMessage();
        }
        Optional<HeldStream> begun = held.response().stream(head(held, first, body));
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
        else if (refusal == null) goOn(true);
        else fail(refusal);
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

    /**
     * Where a part of the stream is begun: what follows it, and when.
     *
     * @param written whether that part was anything
     */
    private void goOn(boolean written) {
        boolean isHeld, linked;
        Optional<String> lost;
        synchronized (this) {
            isHeld = instruct.hold() == Instruct.Hold.STREAM;
            linked = instruct.next() != null;
            lost = isHeld && !linked ? withoutLink(instruct) : Optional.empty();
            if (!isHeld && !linked) ending = true;
            // No faster than the client takes it.
            due = !isHeld && linked;
        }
        if (lost.isPresent()) {
            fail(lost.get());
            return;
        }
        if (isHeld) {
            if (written || !isKeepingAlive()) armKeepAlive();
            armNext();
        }
        pump();
    }

    /** What was missed could not be had: the order of a stream takes a link. */
    private static Optional<String> withoutLink(Instruct instruct) {
        return instruct.channels().stream()
                .filter(channel -> channel.prevId() != null)
                .findFirst()
                .map(channel -> "channel '" + channel.name() + "' specifies prev-id, but no next link found");
    }

    private void checked(String topic, @Nullable String lastId) {
        int times;
        synchronized (this) {
            String seen = subscription.seen(topic);
            boolean behind = instruct.next() != null && seen != null && lastId != null && !lastId.equals(seen);
            if (!behind) return;
            times = ++timesBehind;
        }
        // A backend that is always behind is asked more and more slowly.
        int pause = times < 3 ? 0 : Math.min(LONGEST_PAUSE_MILLIS, times * PAUSE_MILLIS);
        if (pause == 0) fetch(0);
        else topics.after(pause, () -> topics.executor().execute(() -> fetch(0)));
    }

    /** Nothing can follow: the client is told why where the route is for debugging. */
    private void fail(String why) {
        synchronized (this) {
            ended(why);
        }
        pump();
    }

    private void ended(String why) {
        if (over || ending) return;
        if (held.isDebugged()) waiting.add(("\n\n" + why + "\n").getBytes(StandardCharsets.UTF_8));
        ending = true;
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
        URI gone = beginning.gone();
        if (gone != null) held.tell(References.resolve(held.place(), gone));
        held.done();
        return begun;
    }

    private static void cancel(@Nullable Scheduled alarm) {
        if (alarm != null) alarm.cancel();
    }

    @Override
    public void add(News news) {
        boolean fetches, linked, tooSlow;
        synchronized (this) {
            if (over || ending) return;
            // What is fetched may have it; that is known when it has come.
            if (fetching) {
                if (unread.size() < MOST_WAITING) unread.add(news);
                return;
            }
            fetches = read(news);
            linked = instruct.next() != null;
            tooSlow = isTooSlow();
        }
        if (tooSlow) cut();
        else if (fetches && linked) fetch(0);
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
        subscription.saw(item.channel(), item.id());
        if (subscription.drops(item, published.contentFilters())) return false;
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
            ended("filter error: " + e.getMessage());
            return;
        }
        timesBehind = 0;
        active.add(item.channel());
        // With all channels going on, nothing can have been missed.
        if (active.size() >= joined.size()) armNext();
    }

    /** Asks for what is behind the link; tries again if there is nothing, later and later. */
    private void fetch(int tries) {
        URI next;
        Headers lasts;
        synchronized (this) {
            Instruct.Link link = instruct.next();
            if (over || ending || link == null || (fetching && tries == 0)) return;
            fetching = true;
            cancel(nextLink);
            lasts = subscription.lasts();
            next = References.resolve(place, link.uri());
        }
        held.fetch(next, lasts).whenComplete((response, error) -> {
            if (error == null && response.status() / 100 == 2)
                fetched(next, new WholeResponse(response.status(), "", response.headers(), response.body()));
            else fetchLater(tries + 1);
        });
    }

    private void fetchLater(int tries) {
        if (tries > MOST_TRIES) fail("Failed to retrieve next link.");
        else
            topics.after((1_000L << (tries - 1)) + ThreadLocalRandom.current().nextInt(1_000), () -> topics.executor()
                    .execute(() -> fetch(tries)));
    }

    private void fetched(URI from, WholeResponse response) {
        Instruct next;
        byte[] body;
        try {
            next = GripRoom.subscribed(
                    InstructParser.parse(response, held.prefix(), InstructParser.MOST_CHANNELS), held);
            body = Filters.response(
                    next.channels(), next.meta(), next.response().body());
        } catch (InstructException e) {
            fail(String.valueOf(e.getMessage()));
            return;
        } catch (FilterException e) {
            fail("filter error: " + e.getMessage());
            return;
        }
        if (next.hold() == Instruct.Hold.RESPONSE) {
            fail("Next link returned non-stream hold.");
            return;
        }
        subscribe(next, () -> {});
        boolean again = false;
        synchronized (this) {
            fetching = false;
            place = from;
            if (over) return;
            if (body.length > 0) waiting.add(body);
            // Those that it has already; whether one is missing is seen by what the topic knows.
            while (!unread.isEmpty() && isOutOfOrder(unread.getFirst())) unread.removeFirst();
            while (!unread.isEmpty() && !again) again = read(unread.removeFirst()) && next.next() != null;
        }
        goOn(body.length > 0);
        if (again) fetch(0);
    }

    private boolean isOutOfOrder(News news) {
        Item item = news.item();
        return item != null && subscription.isOutOfOrder(item);
    }

    /** Writes what there is, if the client has taken what was there before. */
    @Override
    public void pump() {
        HeldStream to;
        byte[] chunk = null;
        boolean goesOn;
        synchronized (this) {
            to = stream;
            if (to == null || over || writing) return;
            goesOn = due && waiting.isEmpty() && !ending;
            if (goesOn) due = false;
            else if (!waiting.isEmpty()) {
                chunk = joined();
                writing = true;
            } else if (!ending) return;
        }
        if (goesOn) fetch(0);
        else if (chunk != null) write(to, chunk);
        else {
            to.end();
            leave();
        }
    }

    /** What is short goes together. */
    private byte[] joined() {
        if (waiting.size() == 1 || waiting.getFirst().length >= MOST_JOINED) return waiting.removeFirst();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (!waiting.isEmpty() && all.size() < MOST_JOINED) all.writeBytes(waiting.removeFirst());
        return all.toByteArray();
    }

    private boolean isTooSlow() {
        long bytes = 0;
        for (byte[] each : waiting) bytes += each.length;
        return waiting.size() > MOST_WAITING || (waiting.size() > 1 && bytes > MOST_BYTES_WAITING);
    }

    private void write(HeldStream to, byte[] chunk) {
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
            mine = waiter;
        }
        if (mine != null) mine.gone();
    }

    private synchronized boolean isKeepingAlive() {
        return keepAlive != null;
    }

    private synchronized void armKeepAlive() {
        KeepAlive keeping = instruct.keepAlive();
        cancel(keepAlive);
        keepAlive = over || keeping == null
                ? null
                : topics.after(keeping.pause(ThreadLocalRandom.current()), () -> topics.executor()
                        .execute(this::sayAlive));
    }

    private void sayAlive() {
        synchronized (this) {
            KeepAlive keeping = instruct.keepAlive();
            keepAlive = null;
            if (over || keeping == null) return;
            if (waiting.isEmpty() && !writing) waiting.add(keeping.data());
        }
        armKeepAlive();
        pump();
    }

    private synchronized void armNext() {
        Instruct.Link link = instruct.next();
        active.clear();
        cancel(nextLink);
        if (over || link == null || fetching) return;
        long pause = link.timeout() * 1_000L + ThreadLocalRandom.current().nextInt(1_000);
        nextLink = topics.after(pause, () -> topics.executor().execute(() -> fetch(0)));
    }
}
