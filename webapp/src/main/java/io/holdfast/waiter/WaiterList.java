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
    private @Nullable Waiter<S> first, last;
    private int size;

    void add(Waiter<S> waiter) {
        waiter.previous = last;
        if (last == null) first = waiter;
        else last.next = waiter;
        last = waiter;
        size++;
    }

    /** Takes out a waiter of this list. */
    void remove(Waiter<S> waiter) {
        Waiter<S> previous = waiter.previous, next = waiter.next;
        if (previous == null) first = next;
        else previous.next = next;
        if (next == null) last = previous;
        else next.previous = previous;
        waiter.previous = waiter.next = null;
        size--;
    }

    boolean isEmpty() {
        return size == 0;
    }

    @SuppressWarnings("unchecked") // an array of a generic type
    Waiter<S>[] toArray() {
        Waiter<S>[] all = (Waiter<S>[]) new Waiter<?>[size];
        int i = 0;
        for (Waiter<S> waiter = first; waiter != null; waiter = waiter.next) all[i++] = waiter;
        return all;
    }
}
