// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import io.holdfast.client.Event;
import io.holdfast.client.Gap;
import io.holdfast.client.Listener;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Gives each event to the listener once, and moves the cursor behind the events that were taken. */
final class Delivery {

    /** The listener threw, so that it has not taken what it was given. */
    static final class NotTakenException extends Exception {
        private static final long serialVersionUID = 1;

        NotTakenException(Throwable cause) {
            super(cause);
        }
    }

    private interface ListenerCall {
        void run() throws Exception;
    }

    private final Listener listener;
    private final DeliveredIds delivered = new DeliveredIds();
    /** Whether there is one channel only, so that the id of an event is a cursor too. */
    private final boolean isSingle;

    private volatile @Nullable String cursor; // written in turns only
    private long count;

    Delivery(Listener listener, boolean isSingle, @Nullable String cursor) {
        this.listener = listener;
        this.isSingle = isSingle;
        this.cursor = cursor;
    }

    Optional<String> cursor() {
        return Optional.ofNullable(cursor);
    }

    /** The number of events that were taken so far. */
    long count() {
        return count;
    }

    /** Delivers a whole answer, up to the event at which the follower stops. */
    void deliver(ChannelJson.Page page, BooleanSupplier isStopping) throws NotTakenException {
        if (page.gap() != null) deliver(page.gap());
        for (Event event : page.events()) {
            if (isStopping.getAsBoolean()) return;
            deliver(event);
            if (isSingle) moveTo(event.id());
        }
        // The listener may have stopped the follower with the last event, which it took all the same.
        moveTo(page.last());
    }

    /** Delivers an event, unless it was delivered before. */
    void deliver(Event event) throws NotTakenException {
        if (delivered.contains(event)) return;
        deliverWithoutId(event);
        delivered.add(event);
    }

    /** Delivers an event that has no id of its own, so that a repetition cannot be recognized. */
    void deliverWithoutId(Event event) throws NotTakenException {
        call(() -> listener.event(event));
        count++;
    }

    void deliver(Gap gap) throws NotTakenException {
        call(() -> listener.gap(gap));
    }

    /** Reports the cursor to the listener, and then moves it. */
    void moveTo(String reached) throws NotTakenException {
        if (reached.equals(cursor)) return;
        call(() -> listener.reached(reached));
        cursor = reached;
    }

    private static void call(ListenerCall call) throws NotTakenException {
        try {
            call.run();
        } catch (Throwable e) {
            throw new NotTakenException(e);
        }
    }
}
