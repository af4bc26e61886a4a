// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Sweep;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.Sink;
import io.holdfast.waiter.Waiter;
import io.holdfast.waiter.Waiters;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The counters of the cluster. A counter that was never incremented has the value zero and takes no room. Stages fail with
 * {@link CounterRefusal}. Nothing blocks.
 */
public final class Counters {
    private static final Logger LOG = System.getLogger(Counters.class.getName());
    private static final String ROOM = "counter";

    private final Waiters waiters;
    private final Cluster cluster;
    private final TallyStore store;
    private final Clocks clocks;
    private final Executor executor;

    Counters(Kernel kernel, CounterOptions options) {
        this.waiters = kernel.waiters();
        this.cluster = kernel.cluster();
        this.clocks = kernel.clocks();
        this.executor = kernel.executor();
        this.store = new TallyStore(cluster, options, clocks, executor, this::onCommitted);
    }

    /** Starts to receive changes, and to check for missed ones every so often. */
    Scheduled open(Duration sweep) {
        cluster.signals().listen(ROOM, this::onSignal);
        return new Sweep(this::sweep, clocks, executor).open(sweep, cluster);
    }

    /** The value of the counter. */
    public CompletionStage<Long> value(String name) {
        return store.read(name);
    }

    /** Adds one. The stage has the value after this very increment. */
    public CompletionStage<Long> increment(String name) {
        return store.add(name);
    }

    /** Holds until the counter's value is no longer the one that was seen. */
    Waiter<Count> await(String name, long seen, Duration wait, Sink<Count> sink) {
        Waiter<Count> waiter = waiters.hold(key(name), wait, count -> isPast(count, seen), sink);
        store.read(name).thenAccept(value -> waiter.offer(Count.current(value))).exceptionally(this::leaveToSweep);
        return waiter;
    }

    /**
     * Whether a waiter that has seen one value is released by another. A greater value always releases it. A smaller value does only
     * if it was read after the waiter was registered, and if no recent loss or merge could have hidden a greater one.
     */
    private boolean isPast(Count count, long seen) {
        if (count.value() > seen) return true;
        return count.value() < seen && count.current() && cluster.trust().isCalm();
    }

    private void onCommitted(String name, long value) {
        waiters.release(key(name), Count.reported(value));
        cluster.signals()
                .send(ROOM, name, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    private void onSignal(String name, byte[] state, LongConsumer reply) {
        Key<Count> key = key(name);
        long value = ByteBuffer.wrap(state).getLong();
        store.onShown(name, value);
        if (waiters.isAwaited(key)) waiters.release(key, Count.reported(value));
    }

    /** Compares every awaited counter with the cluster: by a quick preview first, and by a read if that would release a waiter. */
    private CompletionStage<?> sweep() {
        Set<String> names = new HashSet<>(waiters.awaitedIn(ROOM));
        if (names.isEmpty()) return CompletableFuture.completedFuture(names);
        return store.preview(names).thenAcceptAsync(this::check, executor);
    }

    private void check(Map<String, Long> values) {
        values.forEach((name, value) -> {
            if (waiters.wouldRelease(key(name), Count.current(value))) recheck(name);
        });
    }

    private void recheck(String name) {
        long since = clocks.ticker().nanos();
        store.read(name)
                .thenAccept(value -> waiters.releaseEarlier(key(name), Count.current(value), since))
                .exceptionally(this::leaveToSweep);
    }

    private @Nullable Void leaveToSweep(@Nullable Throwable error) {
        LOG.log(Level.DEBUG, () -> "Waiters stay held; the next sweep checks again cause=" + error);
        return null;
    }

    private static Key<Count> key(String name) {
        return new Key<>(ROOM, name);
    }
}
