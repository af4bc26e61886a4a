// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import org.jspecify.annotations.Nullable;

/**
 * The waiters of one key, first come first. Not thread-safe: {@link Waiters} touches a list only inside its map's
 * {@code compute}, which locks the key.
 *
 * @param <S> the state of the key
 */
final class WaiterList<S> {
    private @Nullable Place<S> first, last;
    private int size;

    /**
     * The place of a waiter in the list of one of its keys; guarded by the lock of that list.
     *
     * @param <S> the state of the key
     */
    static final class Place<S> {
        final Key<S> key;
        final Waiter<S> waiter;
        /** The same waiter's place in the list of another of its keys. */
        final @Nullable Place<S> another;

        private @Nullable Place<S> previous, next;
        private boolean taken;

        Place(Key<S> key, Waiter<S> waiter, @Nullable Place<S> another) {
            this.key = key;
            this.waiter = waiter;
            this.another = another;
        }
    }

    void add(Place<S> place) {
        place.taken = true;
        place.previous = last;
        if (last == null) first = place;
        else last.next = place;
        last = place;
        size++;
    }

    /** Takes out a waiter of this list, unless it is out already. */
    void remove(Place<S> place) {
        if (!place.taken) return;
        Place<S> previous = place.previous, next = place.next;
        if (previous == null) first = next;
        else previous.next = next;
        if (next == null) last = previous;
        else next.previous = previous;
        place.previous = place.next = null;
        place.taken = false;
        size--;
    }

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked") // an array of a generic type
    Waiter<S>[] toArray() {
        Waiter<S>[] all = (Waiter<S>[]) new Waiter<?>[size];
        int i = 0;
        for (Place<S> place = first; place != null; place = place.next) all[i++] = place.waiter;
        return all;
    }
}
