// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Gives each event to the listener once, and moves the cursor behind what was taken. */
final class Delivery {

    /** The listener threw: what it was given is not taken. */
    static final class NotTaken extends Exception {
        private static final long serialVersionUID = 1;

        NotTaken(Throwable cause) {
            super(cause);
        }
    }

    /** A call of the listener. */
    private interface Call {
        void run() throws Exception;
    }

    private final Listener listener;
    private final Remembered taken = new Remembered();
    /** Whether there is one channel, so that the id of an event is a cursor too. */
    private final boolean single;

    private volatile @Nullable String cursor; // written in turns only
    private long count;

    Delivery(Listener listener, boolean single, @Nullable String cursor) {
        this.listener = listener;
        this.single = single;
        this.cursor = cursor;
    }

    Optional<String> cursor() {
        return Optional.ofNullable(cursor);
    }

    /** How many events were taken so far. */
    long count() {
        return count;
    }

    /** Gives a whole answer, up to where the follower is stopped. */
    void page(Wire.Page page, BooleanSupplier stopping) throws NotTaken {
        if (page.gap() != null) gap(page.gap());
        for (Event event : page.events()) {
            if (stopping.getAsBoolean()) return;
            event(event);
            if (single) moveTo(event.id());
        }
        // A stop may have come with the last event, which was taken all the same.
        moveTo(page.last());
    }

    /** Gives an event, unless it was taken before. */
    void event(Event event) throws NotTaken {
        if (taken.knows(event)) return;
        unplaced(event);
        taken.add(event);
    }

    /** Gives an event that has no id of its own, so that nobody can tell whether it was taken before. */
    void unplaced(Event event) throws NotTaken {
        call(() -> listener.event(event));
        count++;
    }

    void gap(Gap gap) throws NotTaken {
        call(() -> listener.gap(gap));
    }

    /** Moves the cursor, once the listener knows. */
    void moveTo(String reached) throws NotTaken {
        if (reached.equals(cursor)) return;
        call(() -> listener.reached(reached));
        cursor = reached;
    }

    private static void call(Call call) throws NotTaken {
        try {
            call.run();
        } catch (Throwable e) {
            throw new NotTaken(e);
        }
    }
}
