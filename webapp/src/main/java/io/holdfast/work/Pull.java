// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.http.Answer;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.Json;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Sink;
import io.holdfast.waiter.Waiter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A worker that asks for a request, and is held until there is one. */
final class Pull implements Worker, Sink<Handover> {
    private static final String KEYS = "work.pull";
    private static final Answer NONE = Answer.empty(204);

    private final Hub hub;
    private final HeldResponse response;
    private final Json json;
    private final String base;
    private volatile @Nullable Waiter<Handover> waiter;
    private volatile Hub.@Nullable Slot slot;
    private volatile @Nullable Handover given;

    /**
     * A worker that is answered there.
     *
     * @param base with which the locations of its leases begin
     */
    Pull(Hub hub, HeldResponse response, Json json, String base) {
        this.hub = hub;
        this.response = response;
        this.json = json;
        this.base = base;
    }

    /** Waits for so long; if that is no time at all, for what is there already. */
    void start(String queue, Duration wait) {
        Duration longest = wait.isZero() ? hub.options().patience() : wait;
        Waiter<Handover> waiting = hub.waiters().hold(new Key<>(KEYS, queue), longest, handover -> true, this);
        waiter = waiting;
        response.onGone(waiting::gone);
        if (waiting.hasEnded()) return;
        Hub.Slot offered = hub.offer(queue, this);
        slot = offered;
        if (waiting.hasEnded()) offered.leave();
        if (wait.isZero())
            offered.isAwaited().thenAccept(awaited -> {
                if (!awaited && offered.leave()) none(waiting);
            });
    }

    private void none(Waiter<Handover> waiting) {
        response.answer(NONE);
        waiting.gone();
    }

    @Override
    public boolean leases() {
        return true;
    }

    @Override
    public boolean perform(Order order, long token, Asking asking) {
        Waiter<Handover> waiting = waiter;
        if (waiting == null) return false;
        Handover handover = new Handover(hub, response, order, token, asking, base + order.id());
        waiting.offer(handover);
        return handover.equals(given);
    }

    @Override
    public boolean end(Outcome<Handover> outcome) {
        Handover handover = outcome.state();
        if (handover != null) {
            given = handover;
            return handover.begin();
        }
        Hub.Slot offered = slot;
        if (offered != null) offered.leave();
        if (outcome.ending() == Ending.GONE) return false;
        return response.answer(outcome.ending() == Ending.REFUSED ? json.full() : NONE);
    }
}
