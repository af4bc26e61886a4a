// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Restores the order of the items of one channel. A repeated item is dropped; one that names a predecessor waits for it. Times are
 * monotonic, in milliseconds. Not thread safe.
 */
public final class Sequencer {
    /** The time for which an id is remembered. */
    static final long KNOWN_FOR = 60_000;

    /** The most ids that are remembered; the oldest is forgotten first. */
    static final int MOST_KNOWN = 100_000;

    /** The time for which an item waits for its predecessor. */
    static final long WAIT = 5_000;

    /** The most items that may wait. */
    static final int MOST_WAITING = 100;

    /** The {@link #nextTick} if nothing waits. */
    public static final long NEVER = Long.MAX_VALUE;

    // Both in the order of their times.
    private final Map<String, Long> knownUntil = new LinkedHashMap<>();
    private final Map<String, Waiting> waitingByPrevId = new LinkedHashMap<>();
    private @Nullable String lastId;

    /** An item, and the time at which it is sent without its predecessor. */
    private record Waiting(Item item, long until) {}

    /** Takes an item; returns the items to deliver now, in order. */
    public List<Item> add(Item item, long now) {
        if (isKnown(item.id(), now)) return List.of();
        if (item.unordered()) return List.of(item);
        String prevId = item.prevId();
        if (lastId == null || prevId == null || lastId.equals(prevId)) return deliver(item, new ArrayList<>());
        if (waitingByPrevId.size() < MOST_WAITING) waitingByPrevId.putIfAbsent(prevId, new Waiting(item, now + WAIT));
        return List.of();
    }

    private boolean isKnown(@Nullable String id, long now) {
        forgetIds(now);
        return id != null && knownUntil.putIfAbsent(id, now + KNOWN_FOR) != null;
    }

    /** The items whose time is over, and the oldest if there is no place for one more. */
    private void forgetIds(long now) {
        Iterator<Long> times = knownUntil.values().iterator();
        while (times.hasNext() && (times.next() <= now || knownUntil.size() >= MOST_KNOWN)) times.remove();
    }

    /** The item, and the items that waited for it. */
    private List<Item> deliver(Item first, List<Item> delivered) {
        Item item = first;
        while (true) {
            delivered.add(item);
            lastId = item.id();
            Waiting next = lastId == null ? null : waitingByPrevId.remove(lastId);
            if (next == null) return delivered;
            item = next.item();
        }
    }

    /** Returns the items that have waited long enough, and those that waited for them. */
    public List<Item> tick(long now) {
        List<Item> delivered = new ArrayList<>();
        while (nextTick() <= now) {
            Iterator<Waiting> all = waitingByPrevId.values().iterator();
            Item oldest = all.next().item();
            all.remove();
            deliver(oldest, delivered);
        }
        forgetIds(now);
        return delivered;
    }

    /** The time at which {@link #tick} has items to deliver; {@link #NEVER} if nothing waits. */
    public long nextTick() {
        return waitingByPrevId.isEmpty()
                ? NEVER
                : waitingByPrevId.values().iterator().next().until();
    }

    /** The id of the last item delivered in order; null if it had none, or it is not known. */
    public @Nullable String lastId() {
        return lastId;
    }
}
