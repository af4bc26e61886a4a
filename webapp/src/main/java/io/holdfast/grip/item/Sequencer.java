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
 * The order of the items of one channel. An item that was there before is dropped; one that names another as the one before it
 * waits for that. Times are in milliseconds, of any clock that does not go back. Not thread safe.
 */
public final class Sequencer {
    /** How long an id is remembered. */
    static final long KNOWN_FOR = 60_000;

    /** How many ids are remembered at most: the newest. */
    static final int MOST_KNOWN = 100_000;

    /** How long an item waits for the one before it. */
    static final long WAIT = 5_000;

    /** How many items may wait; more are dropped. */
    static final int MOST_WAITING = 100;

    /** When {@link #nextTick} is never. */
    public static final long NEVER = Long.MAX_VALUE;

    // Both in the order of their times.
    private final Map<String, Long> knownUntil = new LinkedHashMap<>();
    private final Map<String, Waiting> waitingByPrevId = new LinkedHashMap<>();
    private @Nullable String lastId;

    /** An item, and when it is sent without the one before it. */
    private record Waiting(Item item, long until) {}

    /** Takes an item; gives what is to be delivered now, in order. */
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

    /** Those whose time is over, and the oldest where there is no place for one more. */
    private void forgetIds(long now) {
        Iterator<Long> times = knownUntil.values().iterator();
        while (times.hasNext() && (times.next() <= now || knownUntil.size() >= MOST_KNOWN)) times.remove();
    }

    /** The item, and what has waited for it. */
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

    /** Gives what has waited long enough, with what has waited for that. */
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

    /** When {@link #tick} will have something to deliver unless an item comes before; {@link #NEVER} if nothing waits. */
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
