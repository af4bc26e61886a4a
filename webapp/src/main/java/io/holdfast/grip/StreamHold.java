// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.concurrent.ClosingReference;
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
import io.holdfast.http.HeldStream;
import io.holdfast.http.message.EventSources;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Waiter;
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
 * A response that continues with what is published to its channels, and with the parts that its backend has behind the link. It
 * ends when one of them ends it, or with its client.
 *
 * <p>Its states, and how they change:
 * <ul>
 *   <li>{@code FOLLOWING} to {@code FETCHING}: the link's timeout, a gap, a hint
 *   <li>{@code DUE} to {@code FETCHING}: the client has taken everything, or there is a gap or a hint
 *   <li>{@code FETCHING} to {@code FOLLOWING}: the part has a hold
 *   <li>{@code FETCHING} to {@code DUE}: the part has no hold, but a link
 *   <li>{@code FOLLOWING}, {@code DUE} to {@code ENDING}: an item closes the stream, or a filter fails
 *   <li>{@code FETCHING} to {@code ENDING}: the tries are used up, or the part is malformed, or has neither hold nor link
 *   <li>{@code ENDING} to {@code OVER}: the client has taken everything
 *   <li>any to {@code OVER}: the client is gone or too slow, or the member is full or going down
 * </ul>
 */
final class StreamHold implements Topic.Subscriber {
    private static final int MOST_UNREAD = 100, MOST_DECODED = 1_000_000;
    private static final int MOST_TRIES = 5, PAUSE_MILLIS = 100, LONGEST_PAUSE_MILLIS = 5_000;
    private static final Duration FOR_EVER = Duration.ofDays(3650);
    private static final byte[] NOTHING = {};
    /** A line that is no event; a client that has left does not take a second one. */
    private static final byte[] PROBE = ":\n".getBytes(StandardCharsets.UTF_8);

    private static final int PROBE_MILLIS = 5_000;

    private enum State {
        /** Items are read as they come, also before the response has begun. */
        FOLLOWING,
        /** A part ended without a hold, but with a link: the next is fetched no faster than the client takes this one. */
        DUE,
        /** The next part is on its way. Items are kept unread: the part may have them already. */
        FETCHING,
        /** Nothing is added any more. */
        ENDING,
        /** Nothing is written any more. */
        OVER
    }

    private final Held held;
    private final Topics topics;
    private final Json json;
    private final Instruct beginning;
    private final Outbox outbox;
    private final Alarm keepAlive, nextLink, probe;
    private final ClosingReference<Waiter<TopicEvent>> waiter = new ClosingReference<>(Waiter::gone);

    private final Duration mostIdle;
    /** Whether a line may be added that is no event. */
    private final boolean takesComments;
    /** How much the client had taken when the probe was set; changed by its turns only. */
    private volatile long progressBefore;

    /**
     * The times of a stream.
     *
     * @param stall how long its client may accept nothing of it
     * @param unwatched how long nothing may be written to it, if nothing but a write tells whether its client is there
     */
    record Times(Duration stall, Duration unwatched) {}

    // Guarded by this.
    private State state = State.FOLLOWING;
    private final Set<String> active = new HashSet<>();
    private final Deque<TopicEvent> unread = new ArrayDeque<>();
    private Instruct instruct;
    private Subscription subscription;
    private URI place;
    private int timesBehind, timesAgain;
    private final LinkTrail trail;
    /** Whether the newest part is empty. */
    private boolean empty;

    private List<Topic> joined = List.of();

    StreamHold(Held held, Instruct instruct, Topics topics, Json json, Times times) {
        this.held = held;
        this.topics = topics;
        this.json = json;
        this.beginning = instruct;
        this.outbox = new Outbox(times.stall(), topics.clocks().timer(), this::pump, () -> topics.executor()
                .execute(this::cut));
        this.keepAlive = new Alarm(topics, this::writeKeepAlive);
        this.nextLink = new Alarm(topics, this::fetch);
        this.probe = new Alarm(topics, this::onProbe);
        this.mostIdle = times.unwatched();
        this.takesComments = EventSources.isBegun(instruct.response().headers());
        this.instruct = instruct;
        this.subscription = new Subscription(instruct.channels(), instruct.meta());
        this.place = held.place();
        this.trail = new LinkTrail(place);
    }

    /** The head of its response, with the part of the body that is known. */
    static PassedResponse head(Held held, WholeResponse first, byte[] body) {
        return new PassedResponse(first.status(), held.headers(first.headers().without("Content-Length")), body);
    }

    /** Holds the request and begins its response. */
    void start() {
        // A client that has seen the beginning receives everything that is published afterwards.
        if (isHeld()) subscribe(this::begin);
    }

    /** Holds a request whose response has begun. */
    void goOn(HeldStream begun) {
        outbox.begin(begun, false);
        probeIfUnwatched(begun);
        if (isHeld()) subscribe(() -> onPart(true));
    }

    private boolean isHeld() {
        Waiter<TopicEvent> mine =
                topics.waiters().hold(new Key<>("grip.stream", "all"), FOR_EVER, item -> false, this::onWaitEnded);
        if (mine.hasEnded()) return false;
        waiter.set(mine);
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
        HeldStream stream = begun.get();
        boolean late;
        // Race: an ending against this beginning; close() finds the stream, or this finds that it is over.
        synchronized (this) {
            outbox.begin(stream, Outbox.endsLine(body));
            late = state == State.OVER;
            empty = body.length == 0;
        }
        stream.onGone(this::leave);
        probeIfUnwatched(stream);
        if (late) stream.cut();
        else if (refusal == null) onPart(true);
        else fail(refusal);
    }

    /** Follows the channels of the first instruction, and then runs the task. */
    private void subscribe(Runnable whenFollowed) {
        if (join(beginning)) check(whenFollowed);
    }

    /** Joins the topics of an instruction before it leaves those of the one before; false if this is over. */
    private boolean join(Instruct now) {
        List<Topic> before, after = new ArrayList<>();
        Subscription subscribed = new Subscription(now.channels(), now.meta());
        for (String name : subscribed.topics()) after.add(topics.join(name));
        synchronized (this) {
            before = joined;
            joined = state == State.OVER ? List.of() : after;
            instruct = now;
            subscription = subscribed;
        }
        for (Topic topic : before) if (!after.contains(topic)) topic.remove(this);
        for (Topic topic : after) topic.add(this);
        before.forEach(topics::leave);
        if (!isOver()) return true;
        // Race: close() against the lines above; it has left what was joined then, and this leaves the rest.
        after.forEach(topic -> topic.remove(this));
        after.forEach(topics::leave);
        return false;
    }

    /** Compares the subscription with what its topics know; runs the task when that is done. */
    private void check(Runnable whenChecked) {
        List<Topic> all;
        synchronized (this) {
            all = joined;
        }
        AtomicInteger missing = new AtomicInteger(all.size());
        for (Topic topic : all)
            topic.check((lastId, lastCome) -> {
                compare(topic.name, lastId);
                if (missing.decrementAndGet() == 0) whenChecked.run();
            });
        if (all.isEmpty()) whenChecked.run();
    }

    private synchronized boolean isOver() {
        return state == State.OVER;
    }

    /**
     * A part of the stream has begun, whose instruction decides how the stream continues.
     *
     * @param written whether that part has a body
     */
    private void onPart(boolean written) {
        synchronized (this) {
            boolean holds = instruct.hold() == Instruct.Hold.STREAM, linked = instruct.next() != null;
            if (holds && !linked) withoutLink(instruct).ifPresent(this::end);
            if (holds && !isEnding()) {
                if (written || !keepAlive.isSet()) setKeepAlive();
                setNextLink();
            } else if (state == State.FOLLOWING) state = linked ? State.DUE : State.ENDING;
        }
        pump();
    }

    /** The order of a stream takes a link: without one, it could not have what it missed. */
    private static Optional<String> withoutLink(Instruct instruct) {
        return instruct.channels().stream()
                .filter(channel -> channel.prevId() != null)
                .findFirst()
                .map(channel -> "channel '" + channel.name() + "' specifies prev-id, but no next link found");
    }

    /** Fetches if the topic has an item that the last part did not know. */
    private void compare(String topic, @Nullable String lastId) {
        int times;
        synchronized (this) {
            String seen = subscription.seen(topic);
            boolean behind = instruct.next() != null && seen != null && lastId != null && !lastId.equals(seen);
            if (!behind) return;
            times = ++timesBehind;
        }
        // A backend that is always behind is asked more and more slowly.
        int pause = times < 3 ? 0 : Math.min(LONGEST_PAUSE_MILLIS, times * PAUSE_MILLIS);
        if (pause == 0) fetch();
        else topics.after(pause, () -> topics.executor().execute(this::fetch));
    }

    /** Ends the stream after what waits; where the route is for debugging, the client is told why. */
    private void fail(String why) {
        synchronized (this) {
            end(why);
        }
        pump();
    }

    private void end(String why) {
        if (isEnding()) return;
        if (held.isDebugged()) outbox.add(("\n\n" + why + "\n").getBytes(StandardCharsets.UTF_8));
        state = State.ENDING;
    }

    private boolean isEnding() {
        return state == State.ENDING || state == State.OVER;
    }

    /** The member is full or going down, or the client is gone. */
    private boolean onWaitEnded(Outcome<TopicEvent> outcome) {
        HeldStream begun = close();
        if (outcome.ending() == Ending.GONE) return false;
        if (begun != null) begun.end();
        else refuse();
        return true;
    }

    private void refuse() {
        held.response().answer(Refused.full(held, beginning, json));
    }

    /** Ends everything but the stream, which it returns if that has begun. */
    private @Nullable HeldStream close() {
        HeldStream begun;
        List<Topic> left;
        synchronized (this) {
            if (state == State.OVER) return null;
            state = State.OVER;
            begun = outbox.stream();
            left = joined;
            joined = List.of();
            keepAlive.cancel();
            nextLink.cancel();
            probe.cancel();
            outbox.clear();
            unread.clear();
        }
        for (Topic topic : left) {
            topic.remove(this);
            topics.leave(topic);
        }
        URI gone = beginning.gone();
        if (gone != null) held.notifyGone(References.resolve(held.place(), gone));
        held.done();
        return begun;
    }

    @Override
    public void add(TopicEvent event) {
        boolean gap, linked, tooSlow;
        synchronized (this) {
            if (isEnding()) return;
            if (state == State.FETCHING) {
                if (unread.size() < MOST_UNREAD) unread.add(event);
                return;
            }
            gap = read(event);
            linked = instruct.next() != null;
            tooSlow = outbox.isTooFull();
        }
        if (tooSlow) cut();
        else if (gap && linked) fetch();
        // Without a link it cannot have what it missed; its client comes again.
        else if (event.item() == null) cut();
    }

    private void cut() {
        HeldStream begun = outbox.stream();
        if (begun != null) begun.cut();
        else refuse();
        leave();
    }

    /** Adds an item to what is written; true if the backend has to be asked for what the item does not say. */
    private boolean read(TopicEvent event) {
        Item item = event.item();
        if (item == null) return true;
        HttpStream format = item.formats().stream();
        if (format == null) return false;
        if (subscription.isOutOfOrder(item)) return true;
        subscription.saw(item.channel(), item.id());
        Optional<String> mismatch = subscription.mismatch(item, format.contentFilters());
        if (mismatch.isPresent()) {
            end(mismatch.get());
            return false;
        }
        if (subscription.drops(item)) return false;
        switch (format.action()) {
            case SEND -> append(item, format);
            case CLOSE -> state = State.ENDING;
            case HINT, REFRESH -> {
                return true;
            }
        }
        return false;
    }

    private void append(Item item, HttpStream format) {
        try {
            subscription.filtered(item, format.content()).ifPresent(outbox::add);
        } catch (FilterException e) {
            end("filter error: " + e.getMessage());
            return;
        }
        timesBehind = 0;
        active.add(item.channel());
        // Where every channel continues, nothing can have been missed.
        if (active.size() >= joined.size()) setNextLink();
    }

    /** Fetches the part that is due. A backend that leads in a circle, or has nothing to say, is asked more and more slowly. */
    private void fetchDue() {
        long pause = 0;
        synchronized (this) {
            Instruct.Link link = instruct.next();
            if (state != State.DUE || link == null || nextLink.isSet()) return;
            boolean again = trail.leadsBack(References.resolve(place, link.uri())) || empty;
            timesAgain = again ? timesAgain + 1 : 0;
            if (again) pause = Math.min(LONGEST_PAUSE_MILLIS, (long) PAUSE_MILLIS << Math.min(timesAgain - 1, 6));
            if (again) nextLink.set(pause);
        }
        if (pause == 0) fetch();
    }

    /** Fetches the next part, unless that is on its way or none can follow. */
    private void fetch() {
        synchronized (this) {
            if (isEnding() || state == State.FETCHING || instruct.next() == null) return;
            state = State.FETCHING;
        }
        fetch(0);
    }

    /** Tries to fetch it; tries again if there is nothing, later and later. */
    private void fetch(int tries) {
        URI next;
        Headers lasts;
        synchronized (this) {
            Instruct.Link link = instruct.next();
            if (state != State.FETCHING || link == null) return;
            nextLink.cancel();
            lasts = subscription.lasts();
            next = References.resolve(place, link.uri());
        }
        // The response has come on a thread that serves connections. It may be long, and compressed.
        held.fetch(next, lasts)
                .whenCompleteAsync(
                        (response, error) -> {
                            if (error == null && response.status() / 100 == 2)
                                onFetched(
                                        next,
                                        new WholeResponse(response.status(), "", response.headers(), response.body()));
                            else fetchLater(tries + 1);
                        },
                        topics.executor());
    }

    private void fetchLater(int tries) {
        if (tries > MOST_TRIES) fail("Failed to retrieve next link.");
        else
            topics.after((1_000L << (tries - 1)) + ThreadLocalRandom.current().nextInt(1_000), () -> topics.executor()
                    .execute(() -> fetch(tries)));
    }

    private void onFetched(URI from, WholeResponse response) {
        Instruct next;
        byte[] body;
        try {
            next = GripRoom.subscribed(
                    InstructParser.parse(response.decoded(MOST_DECODED), held.prefix(), InstructParser.MOST_CHANNELS),
                    held);
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
        if (!join(next)) return;
        boolean gap = false;
        synchronized (this) {
            if (state != State.FETCHING) return;
            state = State.FOLLOWING;
            place = from;
            empty = body.length == 0;
            if (next.hold() == Instruct.Hold.STREAM) trail.restart(from);
            if (body.length > 0) outbox.add(body);
            // The part has the first of these already; the topics know whether one is missing.
            while (!unread.isEmpty() && isOutOfOrder(unread.getFirst())) unread.removeFirst();
            while (!unread.isEmpty() && !gap) gap = read(unread.removeFirst()) && next.next() != null;
        }
        onPart(body.length > 0);
        if (gap) fetch();
        check(() -> {});
    }

    private boolean isOutOfOrder(TopicEvent event) {
        Item item = event.item();
        return item != null && subscription.isOutOfOrder(item);
    }

    /** Writes what waits, if the client has taken what was there before; then does what the state says. */
    @Override
    public void pump() {
        // Race: end() adds its reason before it changes the state, so the state is read before the outbox.
        State now;
        synchronized (this) {
            now = state;
        }
        if (now == State.OVER) return;
        switch (outbox.writeNext()) {
            case REFUSED -> cut();
            case CHUNK -> {
                if (isKeptAliveWhenIdle()) setKeepAlive();
            }
            case NOTHING -> {
                if (!outbox.isDrained()) return;
                if (now == State.DUE) fetchDue();
                else if (now == State.ENDING) finish();
            }
        }
    }

    private void finish() {
        HeldStream begun = outbox.stream();
        if (begun != null) begun.end();
        leave();
    }

    /** Ends the wait: nobody else notices what this hold does to its stream. */
    private void leave() {
        waiter.close();
    }

    private synchronized boolean isKeptAliveWhenIdle() {
        KeepAlive keeping = instruct.keepAlive();
        return keeping != null && keeping.mode() == KeepAlive.Mode.IDLE;
    }

    private synchronized void setKeepAlive() {
        KeepAlive keeping = instruct.keepAlive();
        if (state == State.OVER || keeping == null) keepAlive.cancel();
        else keepAlive.set(keeping.pause(ThreadLocalRandom.current()));
    }

    private void writeKeepAlive() {
        synchronized (this) {
            KeepAlive keeping = instruct.keepAlive();
            keepAlive.cancel();
            if (state == State.OVER || keeping == null) return;
            outbox.addIfIdle(keeping.data());
        }
        setKeepAlive();
        pump();
    }

    /** Server-Sent Events have a line that says nothing; other streams have none. */
    private void probeIfUnwatched(HeldStream begun) {
        begun.onUnwatched(() -> setProbe(begun.progress()));
    }

    private synchronized void setProbe(long progress) {
        if (state == State.OVER) return;
        progressBefore = progress;
        probe.set(takesComments ? PROBE_MILLIS : mostIdle.toMillis());
    }

    /** Finds out whether its client is still there: by a line that is no event, or, where none can be sent, by ending it. */
    private void onProbe() {
        HeldStream begun = outbox.stream();
        if (begun == null) return;
        if (takesComments) outbox.addIfIdleAtLineEnd(PROBE);
        else if (begun.progress() == progressBefore) {
            begun.end();
            leave();
            return;
        }
        setProbe(begun.progress());
        pump();
    }

    private void setNextLink() {
        if (state == State.DUE) return;
        Instruct.Link link = instruct.next();
        active.clear();
        nextLink.cancel();
        if (state == State.OVER || state == State.FETCHING || link == null) return;
        nextLink.set(link.timeout() * 1_000L + ThreadLocalRandom.current().nextInt(1_000));
    }
}
