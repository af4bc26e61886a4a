// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.proxy.Turn.Guest;
import io.holdfast.proxy.Turn.Why;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The lines in which requests wait for a backend: one for each list of targets, first come, first served.
 *
 * <p>A backend that cannot be reached is tried by one request at a time, the first of its line, and not more often than its route
 * allows; once it lets somebody in, the others follow: one by one first, then ever more of them. Nobody polls for itself.
 */
final class Lines {
    private final Clocks clocks;
    private final Executor executor;
    private final Map<Target, Backend> backends = new HashMap<>(); // all state below is guarded by this
    private final Map<List<Target>, Line> lines = new HashMap<>();
    private long numbers;

    /** Those who wait for the same targets. */
    static final class Line {
        private final List<Backend> backends;
        private final TreeMap<Long, Turn> waiting = new TreeMap<>();
        private int next;
        private @Nullable Scheduled wake;

        private Line(List<Backend> backends) {
            this.backends = backends;
        }

        private boolean isAway() {
            return backends.stream().noneMatch(Backend::isUp);
        }
    }

    Lines(Clocks clocks, Executor executor) {
        this.clocks = clocks;
        this.executor = executor;
    }

    /** What is known of this target. */
    synchronized Backend backend(Target target) {
        return backends.computeIfAbsent(target, Backend::new);
    }

    /** How many wait. */
    synchronized int waiting() {
        return lines.values().stream().mapToInt(line -> line.waiting.size()).sum();
    }

    /** Forgets the targets that are in use no more, unless somebody is at them. */
    synchronized void keep(Set<Target> inUse) {
        lines.entrySet().removeIf(line -> line.getValue().waiting.isEmpty() && !inUse.containsAll(line.getKey()));
        Set<Backend> needed = new HashSet<>();
        for (Line line : lines.values()) needed.addAll(line.backends);
        backends.entrySet().removeIf(one -> !needed.contains(one.getValue()) && !inUse.contains(one.getKey()));
    }

    /** A request takes its place in the line; whoever cannot wait for a backend waits for its turn no longer than that. */
    Turn enter(Route route, Guest guest) {
        List<Runnable> effects = new ArrayList<>();
        Turn turn;
        synchronized (this) {
            long now = clocks.ticker().nanos();
            Route.Patience patience = route.patience();
            Duration most = patience.tryDuration().isZero() ? route.limits().timeout() : patience.tryDuration();
            turn = new Turn(line(route.targets()), patience, guest, numbers++, now, now + most.toNanos());
            stand(turn, effects);
            if (turn.line.waiting.size() > patience.maxWaiting() && turn.line.waiting.containsKey(turn.number))
                turnAway(turn, Why.FULL, effects);
        }
        run(effects);
        return turn;
    }

    /** Its backend let it in. */
    void reached(Turn turn) {
        change(turn, (backend, effects) -> backend.reached());
    }

    /** Its backend did not let it in: it tries the next, or waits in its old place. */
    void missed(Turn turn) {
        change(turn, (backend, effects) -> {
            backend.missed(nextTry(turn));
            turn.tried.add(backend);
            stand(turn, effects);
        });
    }

    /** Its backend let it in and then failed it: it waits in its old place. */
    void failed(Turn turn) {
        change(turn, (backend, effects) -> {
            backend.leave();
            backend.lost(nextTry(turn));
            turn.tried.add(backend);
            stand(turn, effects);
        });
    }

    /** It connects to its backend again. */
    void again(Turn turn) {
        change(turn, (backend, effects) -> backend.again());
    }

    /** It has left its backend. */
    void left(Turn turn) {
        change(turn, (backend, effects) -> backend.leave());
    }

    /** It has left its backend, which was not reached any more. */
    void leftUnreached(Turn turn) {
        change(turn, (backend, effects) -> backend.missed(nextTry(turn)));
    }

    /** Whether a turn that was failed may be tried again. */
    synchronized boolean mayTryAgain(Turn turn) {
        return turn.mayTryAgain(clocks.ticker().nanos());
    }

    /** What a check of its health has found. */
    void healed(Backend backend, boolean well) {
        List<Runnable> effects = new ArrayList<>();
        synchronized (this) {
            backend.heal(well);
            serve(backend, effects);
        }
        run(effects);
    }

    private interface Change {
        void to(Backend backend, List<Runnable> effects);
    }

    private void change(Turn turn, Change change) {
        List<Runnable> effects = new ArrayList<>();
        synchronized (this) {
            Backend backend = turn.last;
            if (backend == null) return;
            change.to(backend, effects);
            serve(backend, effects);
        }
        run(effects);
    }

    private long nextTry(Turn turn) {
        return clocks.ticker().nanos() + turn.patience.tryInterval().toNanos();
    }

    private void run(List<Runnable> effects) {
        effects.forEach(executor::execute);
    }

    private Line line(List<Target> targets) {
        return lines.computeIfAbsent(
                targets, all -> new Line(all.stream().map(this::backend).toList()));
    }

    private void stand(Turn turn, List<Runnable> effects) {
        turn.line.waiting.put(turn.number, turn);
        serve(turn.line, effects);
        if (!turn.line.waiting.containsKey(turn.number) || turn.alarm != null) return;
        Duration left = Duration.ofNanos(turn.deadline - clocks.ticker().nanos());
        turn.alarm = clocks.timer().after(left, () -> expire(turn));
    }

    private void expire(Turn turn) {
        List<Runnable> effects = new ArrayList<>();
        synchronized (this) {
            if (turn.line.waiting.containsKey(turn.number))
                turnAway(turn, turn.line.isAway() ? Why.UNREACHED : Why.BUSY, effects);
        }
        run(effects);
    }

    private void turnAway(Turn turn, Why why, List<Runnable> effects) {
        turn.line.waiting.remove(turn.number);
        if (turn.alarm != null) turn.alarm.cancel();
        effects.add(() -> turn.guest.turnedAway(why));
    }

    private void serve(Backend backend, List<Runnable> effects) {
        for (Line line : lines.values()) if (line.backends.contains(backend)) serve(line, effects);
    }

    /** Lets those in who can be, from the front of the line. */
    private void serve(Line line, List<Runnable> effects) {
        for (Entry<Long, Turn> first = line.waiting.firstEntry(); first != null; first = line.waiting.firstEntry()) {
            Turn turn = first.getValue();
            long now = clocks.ticker().nanos();
            Backend backend = choose(turn, now);
            if (backend != null) letIn(turn, backend, effects);
            else if (!turn.tried.containsAll(line.backends)) break;
            else if (turn.mayTryAgain(now)) {
                turn.tried.clear();
                if (choose(turn, now) == null) break;
            } else turnAway(turn, Why.UNREACHED, effects);
        }
        wake(line);
    }

    private void letIn(Turn turn, Backend backend, List<Runnable> effects) {
        turn.line.waiting.remove(turn.number);
        if (turn.alarm != null) turn.alarm.cancel();
        turn.alarm = null;
        turn.attempts++;
        turn.last = backend;
        backend.enter();
        effects.add(() -> turn.guest.served(backend));
    }

    private @Nullable Backend choose(Turn turn, long now) {
        Line line = turn.line;
        int count = line.backends.size(), concurrency = turn.patience.concurrency();
        int start = turn.patience.policy() == Route.Policy.ROUND_ROBIN ? line.next : 0;
        for (int i = 0; i < count; i++) {
            Backend backend = line.backends.get((start + i) % count);
            if (turn.tried.contains(backend) || !backend.isFree(concurrency, now)) continue;
            line.next = (start + i + 1) % count;
            return backend;
        }
        if (turn.isPatient()) return null;
        // It cannot wait until one is back: it tries those that were away.
        for (Backend backend : line.backends)
            if (!turn.tried.contains(backend) && !backend.isUp() && backend.hasPlace(concurrency)) return backend;
        return null;
    }

    /** Comes back to those who wait when the next backend may be tried. */
    private void wake(Line line) {
        if (line.wake != null) line.wake.cancel();
        line.wake = null;
        if (line.waiting.isEmpty()) return;
        long now = clocks.ticker().nanos(), soonest = Long.MAX_VALUE;
        for (Backend backend : line.backends) {
            long left = backend.retryAt() - now;
            // Where it is time already, whoever is at it tells.
            if (!backend.isUp() && backend.isWell() && left > 0) soonest = Math.min(soonest, left);
        }
        if (soonest < Long.MAX_VALUE) line.wake = clocks.timer().after(Duration.ofNanos(soonest), () -> awake(line));
    }

    private void awake(Line line) {
        List<Runnable> effects = new ArrayList<>();
        synchronized (this) {
            serve(line, effects);
        }
        run(effects);
    }
}
