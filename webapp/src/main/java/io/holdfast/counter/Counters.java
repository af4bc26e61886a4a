// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.cluster.BackgroundTask;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.MemberTrust;
import io.holdfast.cluster.Sweep;
import io.holdfast.counter.CounterRefusal.Why;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Clocks;
import io.holdfast.time.Threads;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The counters of the cluster. A counter that was never incremented has the value zero and takes no room. Stages fail with
 * {@link CounterRefusal}. Nothing blocks.
 */
public final class Counters {
    private static final Logger LOG = System.getLogger(Counters.class.getName());
    private static final String ROOM = "counter";
    private static final int SIGNAL_BYTES = 4 * Long.BYTES;
    /** So many idle counters are removed at a time. */
    private static final int MOST_IDLE = 2_000;

    private static final Duration IDLE_THREAD = Duration.ofSeconds(10);
    /** How often removed and idle counters are looked for here, and how often removed ones in the whole cluster. */
    private static final Duration TIDY_EVERY = Duration.ofSeconds(30), LEARN_EVERY = Duration.ofMinutes(2);

    private final Waiters waiters;
    private final Cluster cluster;
    private final TallyStore store;
    private final Clocks clocks;
    private final Executor executor;
    private final CounterOptions options;
    private final BackgroundTask tidying = new BackgroundTask("holdfast-counters");
    private final ExecutorService lister =
            Threads.pool("holdfast-counter-list", 1, IDLE_THREAD, new ThreadPoolExecutor.AbortPolicy());
    private volatile long tidied, learnt;

    Counters(Kernel kernel, CounterOptions options) {
        this.waiters = kernel.waiters();
        this.cluster = kernel.cluster();
        this.clocks = kernel.clocks();
        this.executor = kernel.executor();
        this.options = options;
        this.tidied = this.learnt = clocks.ticker().nanos();
        this.store = new TallyStore(cluster, options, clocks, executor, this::onCommitted);
    }

    /** Starts to receive changes, and to check for missed ones every so often. */
    Scheduled open(Duration sweep) {
        cluster.signals().listen(ROOM, this::onSignal);
        return new Sweep(this::sweep, clocks, executor).open(sweep, cluster);
    }

    /** Ends the background work. */
    void close() {
        tidying.close();
        lister.shutdownNow();
    }

    /** The value of the counter. */
    public CompletionStage<Long> value(String name) {
        return store.read(name).thenApply(Reading::value);
    }

    /** Adds one. The stage has the value after this very increment. */
    public CompletionStage<Long> increment(String name) {
        return store.add(name).thenApply(Reading::value);
    }

    /** Removes the counter. The next increment begins it anew, in another epoch. */
    public CompletionStage<Void> remove(String name) {
        return store.remove(name, EndTally.ALWAYS).thenAccept(over -> {});
    }

    CompletionStage<Reading> read(String name) {
        return store.read(name);
    }

    CompletionStage<Reading> add(String name) {
        return store.add(name);
    }

    /** A page of counters. Their values may not be on the backups yet. */
    CompletionStage<List<CounterPage.Row>> list(CounterPage.Wanted wanted) {
        Optional<String> doubt = cluster.trust().doubt();
        if (doubt.isPresent()) return CompletableFuture.failedFuture(new CounterRefusal(Why.UNAVAILABLE, doubt.get()));
        return CompletableFuture.supplyAsync(() -> store.page(wanted), lister).exceptionally(error -> {
            LOG.log(Level.DEBUG, "The counters cannot be listed", error);
            throw new CounterRefusal(Why.UNAVAILABLE, "the cluster has not answered");
        });
    }

    /** Holds until the counter is no longer as it was seen. */
    Waiter<Count> await(String name, Seen seen, Duration wait, Sink<Count> sink) {
        Waiter<Count> waiter = waiters.hold(
                key(name), wait, count -> count.isPast(seen, cluster.trust().isCalm()), sink);
        store.read(name)
                .thenAccept(reading -> waiter.offer(Count.current(reading)))
                .exceptionally(this::leaveToSweep);
        return waiter;
    }

    private void onCommitted(String name, Reading reading) {
        show(name, reading);
        Life life = reading.life();
        cluster.signals()
                .send(
                        ROOM,
                        name,
                        ByteBuffer.allocate(SIGNAL_BYTES)
                                .putLong(reading.value())
                                .putLong(life.born())
                                .putLong(life.removed())
                                .putLong(life.former())
                                .array());
    }

    private void onSignal(String name, byte[] state, LongConsumer reply) {
        ByteBuffer in = ByteBuffer.wrap(state);
        Reading reading = new Reading(in.getLong(), new Life(in.getLong(), in.getLong(), in.getLong()));
        store.onShown(name, reading);
        show(name, reading);
    }

    /** Offers the waiters what was reported. Of a life that is over, it tells only that they must look. */
    private void show(String name, Reading reading) {
        Key<Count> key = key(name);
        if (!waiters.isAwaited(key)) return;
        if (store.isOver(name, reading.life())) executor.execute(() -> recheck(name));
        else waiters.release(key, Count.reported(reading));
    }

    /** Compares every awaited counter with the cluster: by a quick preview first, and by a read if that would release a waiter. */
    private CompletionStage<?> sweep() {
        tidying.start(this::tidy);
        Set<String> names = new HashSet<>(waiters.awaitedIn(ROOM));
        if (names.isEmpty()) return CompletableFuture.completedFuture(names);
        return store.preview(names).thenAcceptAsync(this::check, executor);
    }

    private void check(Map<String, Reading> readings) {
        readings.forEach((name, reading) -> {
            if (waiters.wouldRelease(key(name), Count.current(reading))) recheck(name);
        });
    }

    private void recheck(String name) {
        long since = clocks.ticker().nanos();
        store.read(name)
                .thenAccept(reading -> waiters.releaseEarlier(key(name), Count.current(reading), since))
                .exceptionally(this::leaveToSweep);
    }

    /** Removes idle counters, and forgets removed ones. */
    private void tidy() {
        long now = clocks.ticker().nanos();
        if (now - learnt > LEARN_EVERY.toNanos()) {
            learnt = now;
            store.learnRemoved();
        }
        Duration every =
                options.keep().isZero() || options.keep().compareTo(TIDY_EVERY) > 0 ? TIDY_EVERY : options.keep();
        boolean due = now - tidied > every.toNanos();
        if (due) {
            tidied = now;
            removeIdle();
        }
        if (due ? store.hasRemoved() : store.hasMoved()) store.forgetRemoved();
    }

    /** After a loss, a tally may lack its newest increments for a while. */
    private void removeIdle() {
        MemberTrust trust = cluster.trust();
        if (options.keep().isZero() || trust.doubt().isPresent() || !trust.isCalm()) return;
        long before = clocks.cluster().millis() - options.keep().toMillis();
        store.idle(before).stream().limit(MOST_IDLE).forEach(name -> store.remove(name, before)
                .exceptionally(this::left));
    }

    private @Nullable Reading left(Throwable error) {
        leaveToSweep(error);
        return null;
    }

    private @Nullable Void leaveToSweep(@Nullable Throwable error) {
        LOG.log(Level.DEBUG, () -> "Waiters stay held; the next sweep checks again cause=" + error);
        return null;
    }

    private static Key<Count> key(String name) {
        return new Key<>(ROOM, name);
    }
}
