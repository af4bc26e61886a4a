// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.aggregation.Aggregator;
import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.query.Predicate;
import io.holdfast.cluster.limit.Holdings;
import io.holdfast.cluster.limit.Ledgers;
import java.util.HashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The replicated records of one map, to be looked at and removed. They change by {@linkplain StepStore steps} or other commands. */
public final class Records<V> {
    /** The sums of the scans that are under way, by number. */
    private static final ConcurrentHashMap<Long, LongAdder> SCANS = new ConcurrentHashMap<>();

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final IMap<String, V> map;
    private final Ledgers ledgers;

    /**
     * A short form of a replicated record, as its primary has it. It is quick to get, but what it shows may not be on the backups yet. A
     * record itself, with a {@linkplain RecordWire wire form}, because it travels to the primary.
     *
     * @param <V> the replicated records
     * @param <P> their short form
     */
    @FunctionalInterface
    public interface Preview<V, P> {
        /** The short form; of null where there is no record. */
        P of(@Nullable V stored);
    }

    /**
     * Selects replicated records. A record itself, with a {@linkplain RecordWire wire form}: a member asks its own partitions only, but
     * where those move meanwhile, the condition travels after them.
     */
    @FunctionalInterface
    public interface Condition<V> {
        /** Whether the record is selected. */
        boolean matches(V stored);
    }

    /**
     * How many bytes a replicated record counts. A record itself, with a {@linkplain RecordWire wire form}, as a {@link Condition} is.
     *
     * @param <V> the replicated records
     */
    @FunctionalInterface
    public interface Weight<V> {
        /** The bytes, overhead included. */
        long of(V stored);
    }

    /** The records in that map. */
    public Records(Cluster cluster, String map) {
        this.map = cluster.map(map);
        this.ledgers = cluster.ledgers();
    }

    /** The short form of one record. */
    public <P> CompletionStage<P> preview(String key, Preview<V, P> preview) {
        try {
            return map.submitToKey(key, new Previewing<>(preview));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The short forms of records; one that does not exist is missing if its short form is null. */
    public <P> CompletionStage<Map<String, P>> preview(Set<String> keys, Preview<V, P> preview) {
        try {
            return map.submitToKeys(keys, new Previewing<>(preview));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    String name() {
        return map.getName();
    }

    /** How many records have their primary here. */
    public long owned() {
        return Holdings.of(map).names();
    }

    /** Whether there is a record of that key. Blocks. */
    public boolean contains(String key) {
        return map.containsKey(key);
    }

    /** The keys of all records. Blocks. */
    public Set<String> keys() {
        return map.keySet();
    }

    /** The keys of the selected records whose primary is here. Blocks. */
    public Set<String> ownKeys(Condition<V> condition) {
        // A query of a map that was never used makes Hazelcast create a store for each of its partitions.
        return owned() == 0 ? Set.of() : map.localKeySet(new Matching<>(condition));
    }

    /** The selected records whose primary is here, by key. Blocks. */
    public Map<String, V> own(Condition<V> condition) {
        return map.getAll(ownKeys(condition));
    }

    /** Weighs the records whose primary is here, for the limit on their bytes. Blocks. */
    public void weigh(Weight<V> weight) {
        ledgers.weigh(name(), () -> {
            long scan = NUMBERS.incrementAndGet();
            LongAdder sum = new LongAdder();
            SCANS.put(scan, sum);
            try {
                if (owned() > 0) map.localKeySet(new Weighing<>(weight, scan));
                return sum.sum();
            } finally {
                SCANS.remove(scan);
            }
        });
    }

    /** Has those records counted that take no place among the names and whose primary is here. Blocks. */
    public void vacate(LongSupplier scan) {
        ledgers.vacate(name(), scan);
    }

    /** Whether records whose primary is here take no place among the names. */
    public boolean hasVacant() {
        return ledgers.hasVacant(name());
    }

    /** The selected records of the whole cluster, by key. Blocks. */
    public Map<String, V> all(Condition<V> condition) {
        Map<String, V> found = new HashMap<>();
        for (Entry<String, V> entry : map.entrySet(new Matching<>(condition)))
            found.put(entry.getKey(), entry.getValue());
        return found;
    }

    /** Whether this member has lately refused a new record, so that those that nobody uses should give up their places. */
    public boolean isPressed() {
        return ledgers.isPressed(name());
    }

    /** Whether the records must be weighed again, because members or partitions have moved. */
    public boolean isUnweighed() {
        return ledgers.isUnweighed(name());
    }

    /** Asks all records of the cluster. Blocks. */
    public <T> T aggregate(Aggregator<Entry<String, V>, T> aggregator) {
        return map.aggregate(aggregator);
    }

    /** Removes the selected records whose primary is here; those that were removed, by key. Blocks. */
    public Map<String, V> remove(Condition<V> condition) {
        Set<String> due = ownKeys(condition);
        return due.isEmpty() ? Map.of() : map.executeOnKeys(due, new Removing<>(condition));
    }

    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Previewing<V, P>(Preview<V, P> preview) implements EntryProcessor<String, V, P>, ReadOnly {

        @Override
        public P process(Entry<String, @Nullable V> entry) {
            return preview.of(entry.getValue());
        }
    }

    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Matching<V>(Condition<V> condition) implements Predicate<String, V> {

        @Override
        public boolean apply(Entry<String, V> entry) {
            return condition.matches(entry.getValue());
        }
    }

    /** Selects nothing; it adds what it sees to the scan of that number. At another member there is no such scan. */
    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Weighing<V>(Weight<V> weight, long scan) implements Predicate<String, V> {

        @Override
        public boolean apply(Entry<String, V> entry) {
            LongAdder sum = SCANS.get(scan);
            if (sum != null) sum.add(weight.of(entry.getValue()));
            return false;
        }
    }

    @SuppressWarnings("serial") // goes over the wire by its compact serializer
    record Removing<V>(Condition<V> condition) implements EntryProcessor<String, V, @Nullable V> {

        @Override
        public @Nullable V process(Entry<String, @Nullable V> entry) {
            V stored = entry.getValue();
            if (stored == null || !condition.matches(stored)) return null;
            entry.setValue(null);
            return stored;
        }
    }
}
