// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.grip.instruct.Instruct;
import io.holdfast.grip.instruct.References;
import io.holdfast.grip.instruct.Responses;
import io.holdfast.grip.instruct.WholeResponse;
import io.holdfast.grip.item.FilterException;
import io.holdfast.grip.item.Formats;
import io.holdfast.grip.item.Formats.HttpResponse;
import io.holdfast.grip.item.Item;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.message.Response;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Waiter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A request that is held until an item on one of its channels concerns it, or until its timeout. */
final class ResponseHold {
    private static final int CROWD = 100, SPREAD_MILLIS = 1_000, PAUSE_MILLIS = 100, LONGEST_PAUSE_MILLIS = 5_000;

    private final Held held;
    private final Instruct instruct;
    private final Topics topics;
    private final Subscription subscription;
    private final Json json;
    private final Duration stall;
    private final List<Topic> joined = new ArrayList<>();

    ResponseHold(Held held, Instruct instruct, Topics topics, Json json, Duration stall) {
        this.held = held;
        this.instruct = instruct;
        this.topics = topics;
        this.subscription = new Subscription(instruct.channels(), instruct.meta());
        this.json = json;
        this.stall = stall;
    }

    void start() {
        List<String> names = subscription.topics();
        for (String name : names) joined.add(topics.join(name));
        // A hold without a channel is legal and times out.
        List<Key<TopicEvent>> keys = names.isEmpty()
                ? List.of(Topics.key(""))
                : names.stream().map(Topics::key).toList();
        Waiter<TopicEvent> waiter =
                topics.waiters().hold(keys, Duration.ofSeconds(instruct.timeout()), this::concerns, this::onEnded);
        held.onGone(waiter::gone);
        if (waiter.hasEnded()) return;
        for (Topic topic : joined)
            topic.check((lastId, lastCome) -> {
                if (isBehind(topic.name, lastId, lastCome)) waiter.offer(new TopicEvent(topic.name, null));
            });
    }

    /** Whether the topic may have an item that the backend did not know when it answered. */
    private boolean isBehind(String topic, @Nullable String lastId, long lastCome) {
        String seen = subscription.seen(topic);
        if (seen != null) return lastId != null && !lastId.equals(seen);
        return lastCome >= held.askedAt();
    }

    private boolean concerns(TopicEvent event) {
        Item item = event.item();
        if (item == null) return true;
        HttpResponse response = item.formats().response();
        if (response == null) return false;
        if (subscription.isOutOfOrder(item)) return true;
        if (subscription.mismatch(item, response.contentFilters()).isPresent()) return true;
        return switch (response.action()) {
            case SEND -> !subscription.drops(item);
            case HINT, REFRESH -> true;
            case CLOSE -> false;
        };
    }

    private boolean onEnded(Outcome<TopicEvent> outcome) {
        joined.forEach(topics::leave);
        TopicEvent event = outcome.state();
        if (event != null) return onReleased(event);
        if (outcome.ending() == Ending.GONE) {
            notifyGone();
            return false;
        }
        if (outcome.ending() == Ending.REFUSED) return answer(Refused.full(held, instruct, json));
        return answer(instruct.response());
    }

    private boolean onReleased(TopicEvent event) {
        Item item = event.item();
        HttpResponse response = item == null ? null : item.formats().response();
        if (item == null || response == null || subscription.isOutOfOrder(item)) {
            askAgain(event.topic());
            return true;
        }
        Optional<String> mismatch = subscription.mismatch(item, response.contentFilters());
        if (mismatch.isPresent()) return fail(mismatch.get());
        if (response.action() != Formats.Action.SEND) {
            askAgain(event.topic());
            return true;
        }
        subscription.saw(item.channel(), item.id());
        WholeResponse made = Responses.published(instruct.response(), response);
        try {
            byte[] body = subscription.filtered(item, made.body()).orElse(made.body());
            return answer(new WholeResponse(made.status(), made.reason(), made.headers(), body));
        } catch (FilterException e) {
            return fail("filter error: " + e.getMessage());
        }
    }

    private boolean fail(String why) {
        return answer(held.failure(why));
    }

    /** Asks the backend again: a crowd is spread over a time, and a request that is asked for repeatedly waits longer. */
    private void askAgain(String topic) {
        int crowd = topics.waiters().waiting(Topics.key(topic)) > CROWD
                ? ThreadLocalRandom.current().nextInt(SPREAD_MILLIS)
                : 0;
        int pause = held.asked() < 3 ? 0 : Math.min(LONGEST_PAUSE_MILLIS, held.asked() * PAUSE_MILLIS);
        topics.after(crowd + pause, () -> topics.executor().execute(() -> held.askAgain(subscription.lasts())));
    }

    private boolean answer(WholeResponse response) {
        return answer(new PassedResponse(response.status(), held.headers(response.headers()), response.body()));
    }

    private boolean answer(Response reply) {
        boolean open = held.response().answer(reply, stall, topics.clocks().timer());
        notifyGone();
        held.done();
        return open;
    }

    private void notifyGone() {
        URI gone = instruct.gone();
        if (gone != null) held.notifyGone(References.resolve(held.place(), gone));
    }
}
