// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.limit;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import io.holdfast.time.Ticker;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The ledgers of this member, one for each map under a limit. */
public final class Ledgers {
    private static final String KEY = Ledgers.class.getName();

    private final ConcurrentHashMap<String, Ledger> all = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Limit> own = new ConcurrentHashMap<>();
    private final Ticker ticker;

    public Ledgers(Ticker ticker) {
        this.ticker = ticker;
    }

    /** The wire form of a command under a limit. */
    public static CompactSerializer<?> wire() {
        return new Limited.Wire();
    }

    /** Gives the member of that configuration these ledgers. */
    public void addTo(Config config) {
        config.getUserContext().put(KEY, this);
    }

    static @Nullable Ledgers of(HazelcastInstance owner) {
        return owner.getUserContext().get(KEY) instanceof Ledgers ledgers ? ledgers : null;
    }

    /** This member's own limit on a map. For the entries that it owns, the smaller counts of this and the sender's. */
    public void limit(Limit limit) {
        own.put(limit.map(), limit);
    }

    /** The smaller of that limit and this member's own. */
    Limit smaller(Limit limit) {
        Limit mine = own.get(limit.map());
        return mine == null ? limit : limit.or(mine);
    }

    Ledger ledger(HazelcastInstance owner, String map) {
        Ledger known = all.get(map);
        if (known != null) return known;
        IMap<?, ?> entries = owner.getMap(map);
        return all.computeIfAbsent(
                map,
                name -> new Ledger(() -> owner.getCluster().getMembers().size(), () -> Holdings.of(entries), ticker));
    }

    /** Members or partitions have moved: everything must be counted again. */
    public void stale() {
        all.values().forEach(Ledger::stale);
    }

    /** Whether the objects of a map must be weighed again, because members or partitions have moved. */
    public boolean isUnweighed(String map) {
        Ledger ledger = all.get(map);
        return ledger != null && ledger.isUnweighed();
    }

    /** Whether this member has lately refused something for want of room, so that what nobody uses should give up its place. */
    public boolean isPressed(String map) {
        Ledger ledger = all.get(map);
        return ledger != null && ledger.isPressed();
    }

    /** Has the objects of a map weighed by that scan. */
    public void weigh(String map, LongSupplier scan) {
        Ledger ledger = all.get(map);
        if (ledger != null) ledger.weigh(scan);
    }

    /** Has those entries of a map counted that take no place, by that scan. */
    public void vacate(String map, LongSupplier scan) {
        Ledger ledger = all.get(map);
        if (ledger != null) ledger.vacate(scan);
    }

    /** Whether this member owns entries of a map that take no place. */
    public boolean hasVacant(String map) {
        Ledger ledger = all.get(map);
        return ledger != null && ledger.hasVacant();
    }

    /** Whether this member owns more than so much of its share of the names, in percent. */
    public boolean isOverNames(Limit limit, int percent) {
        Ledger ledger = all.get(limit.map());
        return ledger != null && ledger.isOverNames(limit.names(), percent);
    }

    /** Whether this member owns more than so much of its share of the bytes, in percent. */
    public boolean isOver(Limit limit, int percent) {
        Ledger ledger = all.get(limit.map());
        return ledger != null && ledger.isOver(limit.bytes(), percent);
    }
}
