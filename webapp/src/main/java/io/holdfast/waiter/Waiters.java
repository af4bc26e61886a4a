// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import io.holdfast.time.Ticker;
import io.holdfast.time.Timer;
import io.holdfast.waiter.Waiter.Kind;
import io.holdfast.waiter.WaiterList.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * The registry of everything that is held in this JVM: key to waiters, each with a deadline and a sink.
 *
 * <p>{@link #hold} registers a waiter, {@link #release} offers a key's waiters its new state, {@link #drain} ends all. Each is safe
 * from any thread, and none blocks. A waiter costs a few hundred bytes and no thread.
 */
public final class Waiters {
    private static final Duration DRAIN_STEP = Duration.ofMillis(50);
    private static final IntConsumer NOBODY_ASKS = released -> {};

    private final ConcurrentHashMap<Key<?>, WaiterList<?>> lists = new ConcurrentHashMap<>();
    private final AtomicInteger held = new AtomicInteger(), own = new AtomicInteger();
    private final WaiterLimits limits;
    private final Ticker ticker;
    private final Timer timer;
    private final Executor executor;
    private final WaiterObserver observer;
    private volatile boolean draining;

    /** A registry; the executor runs the sinks and must not run them on the calling thread of {@link #release}. */
    public Waiters(WaiterLimits limits, Ticker ticker, Timer timer, Executor executor, WaiterObserver observer) {
        this.limits = limits;
        this.ticker = ticker;
        this.timer = timer;
        this.executor = executor;
        this.observer = observer;
    }

    /**
     * Registers a waiter. The caller then reads the state of the key and {@linkplain Waiter#offer offers} it, in this order. If the
     * registry is full or draining, the sink receives {@link Ending#REFUSED} before this returns.
     *
     * @param key the key that it waits for
     * @param wait the longest wait
     * @param moved whether a state is past the one that this client has seen; called on any thread, must be pure
     * @param sink receives the outcome, exactly once
     */
    public <S> Waiter<S> hold(Key<S> key, Duration wait, Predicate<? super S> moved, Sink<S> sink) {
        return hold(List.of(key), wait, moved, sink);
    }

    /** As {@link #hold(Key, Duration, Predicate, Sink)}, for the first of these keys, at least one, to move. */
    public <S> Waiter<S> hold(List<Key<S>> keys, Duration wait, Predicate<? super S> moved, Sink<S> sink) {
        return hold(keys, wait, moved, sink, Kind.CLIENT);
    }

    /**
     * As {@link #hold(List, Duration, Predicate, Sink)}, for the member itself. Held clients depend on this waiter, so a full
     * registry does not refuse it, and counts it apart from them.
     */
    public <S> Waiter<S> holdOwn(List<Key<S>> keys, Duration wait, Predicate<? super S> moved, Sink<S> sink) {
        return hold(keys, wait, moved, sink, Kind.OWN);
    }

    /**
     * Registers a waiter without a held client. It is neither counted nor refused nor drained, and no release of its key reaches it. It
     * ends when its maker {@linkplain Waiter#offer offers} it a state, or when its time is over.
     */
    public <S> Waiter<S> holdUnseen(Key<S> key, Duration wait, Sink<S> sink) {
        Waiter<S> waiter = new Waiter<>(this, List.of(key), state -> true, sink, ticker.nanos(), Kind.UNSEEN);
        waiter.deadline(timer.after(wait, () -> executor.execute(() -> waiter.end(Ending.TIMED_OUT))));
        return waiter;
    }

    private <S> Waiter<S> hold(List<Key<S>> keys, Duration wait, Predicate<? super S> moved, Sink<S> sink, Kind kind) {
        Waiter<S> waiter = new Waiter<>(this, keys, moved, sink, ticker.nanos(), kind);
        if (draining || !takePlace(kind)) {
            waiter.refuse();
            return waiter;
        }
        link(waiter);
        waiter.deadline(timer.after(wait, () -> executor.execute(() -> waiter.end(Ending.TIMED_OUT))));
        // Race: a drain against this registration. A drain that began after the check above may have passed this key,
        // so the waiter
        // ends here.
        if (draining) waiter.end(Ending.DRAINED);
        // Race: an ending against this registration. The ending has left only the places that were taken before, so the
        // others are
        // left here.
        if (waiter.hasEnded()) unlink(waiter);
        return waiter;
    }

    /** Offers every waiter of the key its new state. The waiters for which the key has moved are released in batches on the executor. */
    public <S> void release(Key<S> key, S state) {
        release(key, state, waiter -> true, NOBODY_ASKS);
    }

    /**
     * As {@link #release(Key, Object)}, and then reports the number of released clients: on the executor, or before this returns if no
     * client waits.
     */
    public <S> void release(Key<S> key, S state, IntConsumer released) {
        release(key, state, waiter -> true, released);
    }

    /**
     * As {@link #release(Key, Object)}, with a state that was read after that reading of the ticker. Later waiters are not
     * released, because their clients may have seen a newer state.
     */
    public <S> void releaseEarlier(Key<S> key, S state, long readSince) {
        release(key, state, waiter -> waiter.since() - readSince <= 0, NOBODY_ASKS);
    }

    /** Whether this state would release a waiter of the key. */
    public <S> boolean wouldRelease(Key<S> key, S state) {
        for (Waiter<S> waiter : waitersOf(key)) if (waiter.isPast(state)) return true;
        return false;
    }

    private <S> void release(Key<S> key, S state, Predicate<Waiter<S>> concerned, IntConsumer released) {
        long decided = ticker.nanos();
        Waiter<S>[] all = waitersOf(key);
        if (all.length == 0) released.accept(0);
        AtomicInteger left = new AtomicInteger(all.length), count = new AtomicInteger();
        for (int from = 0; from < all.length; from += limits.batch()) {
            int start = from, end = Math.min(all.length, from + limits.batch());
            executor.execute(() -> {
                int here = 0;
                for (int i = start; i < end; i++) if (concerned.test(all[i]) && all[i].offer(state, decided)) here++;
                count.addAndGet(here);
                if (left.addAndGet(start - end) == 0) released.accept(count.get());
            });
        }
    }

    /** Whether the key has waiters. */
    public boolean isAwaited(Key<?> key) {
        return lists.containsKey(key);
    }

    /** The number of waiters of the key. */
    public int waiting(Key<?> key) {
        int[] found = new int[1];
        lists.computeIfPresent(key, (k, list) -> {
            found[0] = list.size();
            return list;
        });
        return found[0];
    }

    /** The names within a room that have waiters. */
    public List<String> awaitedIn(String room) {
        List<String> names = new ArrayList<>();
        for (Key<?> key : lists.keySet()) if (key.room().equals(room)) names.add(key.name());
        return names;
    }

    /** Refuses waiters from now on. Waiters that are held stay. */
    public void refuse() {
        draining = true;
    }

    /** Refuses waiters from now on, and ends the held ones evenly over the window. Completes when the last sink has run. */
    public CompletionStage<Void> drain(Duration window) {
        refuse();
        return end(window, Duration.ZERO);
    }

    /** As {@link #drain}, but takes waiters until the window is over. They end then, and further ones are refused. */
    public CompletionStage<Void> drainAndRefuse(Duration window) {
        return end(window, window);
    }

    /** Ends the waiters of clients over the window. Then, but not before that time, all that are left, such as the member's own. */
    private CompletionStage<Void> end(Duration window, Duration atLeast) {
        List<Waiter<?>> all = all().stream().filter(Waiter::isOfClient).toList();
        long steps = Math.max(1, Math.min(all.size(), window.dividedBy(DRAIN_STEP)));
        List<CompletableFuture<Void>> parts = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            int from = (int) (all.size() * (long) step / steps), to = (int) (all.size() * (step + 1L) / steps);
            List<Waiter<?>> part = all.subList(from, to);
            parts.add(later(DRAIN_STEP.multipliedBy(step), () -> part.forEach(waiter -> waiter.end(Ending.DRAINED))));
        }
        Duration last = DRAIN_STEP.multipliedBy(steps - 1);
        parts.add(later(last.compareTo(atLeast) < 0 ? atLeast : last, this::endAll));
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> later(Duration delay, Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        timer.after(
                delay,
                () -> executor.execute(() -> {
                    task.run();
                    done.complete(null);
                }));
        return done;
    }

    private List<Waiter<?>> all() {
        Set<Waiter<?>> found = new LinkedHashSet<>(); // a waiter of several keys is in it once
        for (Key<?> key : lists.keySet()) found.addAll(List.of(waitersOf(key)));
        return List.copyOf(found);
    }

    private void endAll() {
        refuse();
        all().forEach(waiter -> waiter.end(Ending.DRAINED));
    }

    /** A snapshot of this moment. */
    public WaiterStats stats() {
        return new WaiterStats(held.get(), lists.size(), limits.maxHeld(), draining, own.get());
    }

    long now() {
        return ticker.nanos();
    }

    void ended(Ending ending, long since, long decided) {
        long now = ticker.nanos();
        observer.ended(ending, now - since, now - decided);
    }

    private boolean takePlace(Kind kind) {
        if (kind == Kind.OWN) {
            own.incrementAndGet();
            return true;
        }
        if (held.incrementAndGet() <= limits.maxHeld()) return true;
        held.decrementAndGet();
        return false;
    }

    private <S> void link(Waiter<S> waiter) {
        for (Place<S> place = waiter.place(); place != null; place = place.another) link(place);
    }

    @SuppressWarnings("unchecked") // a key of S leads to waiters of S: this is the only writer
    private <S> void link(Place<S> place) {
        lists.compute(place.key, (key, list) -> {
            WaiterList<S> waiters = list == null ? new WaiterList<>() : (WaiterList<S>) list;
            waiters.add(place);
            return waiters;
        });
    }

    private <S> void unlink(Waiter<S> waiter) {
        for (Place<S> place = waiter.place(); place != null; place = place.another) unlink(place);
    }

    @SuppressWarnings("unchecked") // as in link()
    private <S> void unlink(Place<S> place) {
        lists.computeIfPresent(place.key, (key, list) -> {
            WaiterList<S> waiters = (WaiterList<S>) list;
            waiters.remove(place);
            return waiters.size() == 0 ? null : waiters;
        });
    }

    void forget(Waiter<?> waiter, Kind kind) {
        unlink(waiter);
        (kind == Kind.OWN ? own : held).decrementAndGet();
    }

    @SuppressWarnings("unchecked") // as in link()
    private <S> Waiter<S>[] waitersOf(Key<S> key) {
        Object[] found = new Object[1];
        lists.computeIfPresent(key, (k, list) -> {
            found[0] = ((WaiterList<S>) list).toArray();
            return list;
        });
        return found[0] == null ? (Waiter<S>[]) new Waiter<?>[0] : (Waiter<S>[]) found[0];
    }
}
