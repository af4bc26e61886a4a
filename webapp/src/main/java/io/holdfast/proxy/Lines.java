// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.proxy.Turn.Guest;
import io.holdfast.proxy.Turn.State;
import io.holdfast.proxy.Turn.Why;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The lines in which requests wait for a backend: one for each list of targets and way to wait for them, first come, first served.
 * Where lines are for the same backend, whoever has waited longest is served first.
 *
 * <p>A backend that cannot be reached is tried by one request at a time, the first of its line, and not more often than its route
 * allows; once it lets somebody in, the others follow: one by one first, then ever more of them. Nobody polls for itself.
 *
 * <p>A turn waits, is inside, perhaps waits again, and is over once: what comes too late changes nothing.
 */
final class Lines implements AutoCloseable {
    private final Clocks clocks;
    private final Executor executor;
    private final Map<Target, Backend> backends = new HashMap<>(); // all state below is guarded by this
    private final Map<String, Backend.Address> addresses = new HashMap<>();
    private final Map<Kind, Line> lines = new HashMap<>();
    private @Nullable Set<Kind> wanted;
    private long numbers;
    private boolean closed;

    /** Those who are for the same targets, and wait in the same way, are in one line. */
    private record Kind(List<Target> targets, Route.Patience patience) {

        static Kind of(Route route) {
            return new Kind(route.targets(), route.patience());
        }
    }

    /** Those who wait for the same targets. */
    static final class Line {
        private final Kind kind;
        final Route.Patience patience;
        private final List<Backend> backends;
        private final TreeMap<Long, Turn> waiting = new TreeMap<>();
        private int inside, next;
        private @Nullable Scheduled wake;

        private Line(Kind kind, List<Backend> backends) {
            this.kind = kind;
            this.backends = backends;
            this.patience = kind.patience;
        }

        /** Whether its turns may wait for a backend that is away. */
        boolean isPatient() {
            return !patience.tryDuration().isZero();
        }

        boolean isFor(Backend backend) {
            return backends.contains(backend);
        }

        private boolean isInUse() {
            return inside > 0 || !waiting.isEmpty();
        }

        private long first() {
            return waiting.isEmpty() ? Long.MAX_VALUE : waiting.firstKey();
        }
    }

    Lines(Clocks clocks, Executor executor) {
        this.clocks = clocks;
        this.executor = executor;
    }

    /** What is known of this target. */
    synchronized Backend backend(Target target) {
        return backends.computeIfAbsent(
                target,
                made -> new Backend(made, addresses.computeIfAbsent(made.address(), address -> new Backend.Address())));
    }

    /** How many wait. */
    synchronized int waiting() {
        return lines.values().stream().mapToInt(line -> line.waiting.size()).sum();
    }

    /** Forgets what is not among these routes: now, or as soon as nobody is at it any more. */
    void keep(List<Route> routes) {
        Set<Kind> kinds = new HashSet<>();
        for (Route route : routes) kinds.add(Kind.of(route));
        List<Effect> effects = new ArrayList<>();
        synchronized (this) {
            wanted = kinds;
            for (Line line : List.copyOf(lines.values())) forget(line, effects);
            for (Backend backend : List.copyOf(backends.values())) forget(backend, effects);
        }
        run(effects);
    }

    private void forget(Line line, List<Effect> effects) {
        if (wanted == null || wanted.contains(line.kind) || line.isInUse() || !lines.remove(line.kind, line)) return;
        for (Backend backend : line.backends) {
            backend.address.lines.remove(line);
            forget(backend, effects);
        }
    }

    private void forget(Backend backend, List<Effect> effects) {
        Target target = backend.target;
        if (wanted == null || wanted.stream().anyMatch(kind -> kind.targets.contains(target))) return;
        if (backend.address.lines.stream().anyMatch(line -> line.isFor(backend)) || !backends.remove(target, backend))
            return;
        if (backends.values().stream().noneMatch(other -> other.address.equals(backend.address)))
            addresses.remove(target.address());
        effects.add(new Effect(null, backend::closeIdle));
    }

    /** A request takes its place in the line; it may be served, or turned away, before this returns. */
    Turn enter(Route route, Guest guest) {
        List<Effect> effects = new ArrayList<>();
        Turn turn;
        synchronized (this) {
            Line line = line(Kind.of(route));
            Duration most = line.isPatient()
                    ? route.patience().tryDuration()
                    : route.limits().timeout();
            long now = clocks.ticker().nanos();
            turn = new Turn(line, guest, numbers++, now + most.toNanos());
            stand(turn, effects);
            forget(line, effects);
        }
        for (Effect effect : effects)
            // Its own thread can begin at once.
            if (effect.turn == turn) effect.what.run();
            else executor.execute(effect.what);
        return turn;
    }

    /** Its backend let it in. */
    void reached(Turn turn) {
        change(turn, (backend, effects) -> arrive(turn, backend));
    }

    private static void arrive(Turn turn, Backend backend) {
        if (turn.connecting) backend.reached();
        turn.connecting = false;
    }

    /** Its backend did not let it in, or failed it then: it tries the next, or waits in its old place. */
    void missed(Turn turn) {
        change(turn, (backend, effects) -> {
            backend.lost(nextTry(turn));
            leave(turn, backend);
            turn.tried.add(backend);
            turn.state = State.WAITING;
            stand(turn, effects);
        });
    }

    /** It connects to its backend again. */
    void again(Turn turn) {
        change(turn, (backend, effects) -> {
            if (!turn.connecting) backend.again();
            turn.connecting = true;
        });
    }

    /** It has left its backend, reached or not: that says nothing of the backend. */
    void left(Turn turn) {
        change(turn, (backend, effects) -> {
            leave(turn, backend);
            turn.state = State.OVER;
        });
    }

    /** It has left its backend, which was not to be reached. */
    void leftUnreached(Turn turn) {
        change(turn, (backend, effects) -> {
            backend.lost(nextTry(turn));
            leave(turn, backend);
            turn.state = State.OVER;
        });
    }

    /** It does not wait any longer, if it does. */
    void withdraw(Turn turn) {
        List<Effect> effects = new ArrayList<>();
        synchronized (this) {
            if (turn.state != State.WAITING) return;
            remove(turn);
            turn.state = State.OVER;
            // Somebody may have stood behind it.
            serve(turn.line.backends, effects);
        }
        run(effects);
    }

    /** Whether a turn that was failed may be tried again. */
    synchronized boolean mayTryAgain(Turn turn) {
        return !closed && turn.mayTryAgain(clocks.ticker().nanos());
    }

    /** Whether so many are at the target's address already. */
    synchronized boolean isFull(Target target, int concurrency) {
        return !backend(target).hasPlace(concurrency);
    }

    /** What a check of its health has found. */
    void healed(Target target, Route.Health check, boolean well) {
        List<Effect> effects = new ArrayList<>();
        Backend backend;
        synchronized (this) {
            backend = backend(target);
            backend.heal(check, well);
            serve(List.of(backend), effects);
        }
        if (!well) backend.closeIdle();
        run(effects);
    }

    /** Turns away whoever waits, and whoever comes. */
    @Override
    public void close() {
        List<Effect> effects = new ArrayList<>();
        List<Backend> all;
        synchronized (this) {
            closed = true;
            for (Line line : lines.values()) {
                for (Turn turn : List.copyOf(line.waiting.values())) end(turn, Why.CLOSED, effects);
                wake(line, clocks.ticker().nanos());
            }
            all = List.copyOf(backends.values());
        }
        all.forEach(Backend::closeIdle);
        // The executor may be closed next.
        effects.forEach(effect -> effect.what.run());
    }

    /** What somebody is told once nothing is locked. */
    private record Effect(@Nullable Turn turn, Runnable what) {}

    private interface Change {
        void to(Backend backend, List<Effect> effects);
    }

    private void change(Turn turn, Change change) {
        List<Effect> effects = new ArrayList<>();
        synchronized (this) {
            Backend backend = turn.last;
            if (turn.state != State.INSIDE || backend == null) return;
            change.to(backend, effects);
            serve(List.of(backend), effects);
        }
        run(effects);
    }

    private static void leave(Turn turn, Backend backend) {
        if (turn.connecting) backend.givenUp();
        turn.connecting = false;
        backend.leave();
        turn.line.inside--;
    }

    private long nextTry(Turn turn) {
        return clocks.ticker().nanos() + turn.line.patience.tryInterval().toNanos();
    }

    private void run(List<Effect> effects) {
        effects.forEach(effect -> executor.execute(effect.what));
    }

    private Line line(Kind kind) {
        Line line = lines.get(kind);
        if (line != null) return line;
        Line made = new Line(kind, kind.targets.stream().map(this::backend).toList());
        made.backends.forEach(backend -> backend.address.lines.add(made));
        lines.put(kind, made);
        return made;
    }

    private void stand(Turn turn, List<Effect> effects) {
        if (closed || isHopeless(turn, clocks.ticker().nanos())) {
            end(turn, closed ? Why.CLOSED : Why.UNREACHED, effects);
            return;
        }
        turn.line.waiting.put(turn.number, turn);
        serve(turn.line.backends, effects);
        // Where one comes back, it is the last one that is too many.
        if (turn.line.waiting.size() > turn.line.patience.maxWaiting())
            end(turn.line.waiting.lastEntry().getValue(), Why.FULL, effects);
        if (turn.state != State.WAITING || turn.alarm != null) return;
        Duration left = Duration.ofNanos(turn.deadline - clocks.ticker().nanos());
        turn.alarm = clocks.timer().after(left, () -> expire(turn));
    }

    private void expire(Turn turn) {
        List<Effect> effects = new ArrayList<>();
        synchronized (this) {
            if (turn.state != State.WAITING) return;
            boolean away = turn.line.backends.stream().noneMatch(backend -> backend.isUp() && backend.isWell());
            end(turn, away ? Why.UNREACHED : Why.BUSY, effects);
            serve(turn.line.backends, effects);
        }
        run(effects);
    }

    private static void end(Turn turn, Why why, List<Effect> effects) {
        remove(turn);
        turn.state = State.OVER;
        effects.add(new Effect(turn, () -> turn.guest.turnedAway(why)));
    }

    private static void remove(Turn turn) {
        turn.line.waiting.remove(turn.number);
        if (turn.alarm != null) turn.alarm.cancel();
        turn.alarm = null;
    }

    /** Lets those in who can be at one of these backends, the longest waiting first. */
    private void serve(List<Backend> free, List<Effect> effects) {
        Set<Line> touched = new HashSet<>();
        for (Backend backend : free) touched.addAll(backend.address.lines);
        List<Line> open = new ArrayList<>(touched);
        open.removeIf(line -> line.waiting.isEmpty());
        // One moment for all: whom it comes too early for must be woken.
        long now = clocks.ticker().nanos();
        while (!open.isEmpty()) {
            Line line = open.size() == 1 ? open.get(0) : oldest(open);
            if (!serveOne(line, now, effects) || line.waiting.isEmpty()) open.remove(line);
        }
        for (Line line : touched) {
            wake(line, now);
            forget(line, effects);
        }
    }

    private static Line oldest(List<Line> lines) {
        return lines.stream().min(Comparator.comparingLong(Line::first)).orElseThrow();
    }

    /** Lets the first one in who can be, or turns away one who need not wait; false if there is none such. */
    private boolean serveOne(Line line, long now, List<Effect> effects) {
        if (isShut(line, now)) return false;
        for (Turn turn : line.waiting.values()) {
            Backend backend = choose(turn, now);
            if (backend != null) letIn(turn, backend, effects);
            else if (isHopeless(turn, now)) end(turn, Why.UNREACHED, effects);
            else continue;
            return true;
        }
        return false;
    }

    /** Whether nobody can be let in, nor turned away, whatever they have tried. */
    private static boolean isShut(Line line, long now) {
        int concurrency = line.patience.concurrency();
        for (Backend backend : line.backends)
            if (backend.isFree(concurrency, now)
                    || (!line.isPatient() && (!backend.isWell() || isWorthATry(backend, concurrency)))) return false;
        return true;
    }

    /** Whether one who cannot wait tries it although it was away. */
    private static boolean isWorthATry(Backend backend, int concurrency) {
        return backend.isWell() && !backend.isUp() && backend.hasPlace(concurrency);
    }

    private static boolean isHopeless(Turn turn, long now) {
        if (turn.mayTryAgain(now)) return false;
        // Who cannot wait for a backend that is away does not wait for one that is ill, either.
        return turn.line.backends.stream()
                .allMatch(backend -> turn.tried.contains(backend) || (!turn.line.isPatient() && !backend.isWell()));
    }

    private static void letIn(Turn turn, Backend backend, List<Effect> effects) {
        remove(turn);
        turn.state = State.INSIDE;
        turn.line.inside++;
        turn.attempts++;
        turn.last = backend;
        turn.connecting = true;
        backend.enter();
        effects.add(new Effect(turn, () -> turn.guest.served(turn, backend)));
    }

    /** A free one that it has not tried yet, if there is; or else, if it may try again, one that it has. */
    private static @Nullable Backend choose(Turn turn, long now) {
        Backend fresh = free(turn, now, false);
        if (fresh != null) return fresh;
        return turn.line.isPatient() ? (turn.mayTryAgain(now) ? free(turn, now, true) : null) : away(turn);
    }

    private static @Nullable Backend free(Turn turn, long now, boolean tried) {
        Line line = turn.line;
        int count = line.backends.size();
        int start = line.patience.policy() == Route.Policy.ROUND_ROBIN ? line.next : 0;
        for (int i = 0; i < count; i++) {
            Backend backend = line.backends.get((start + i) % count);
            if (turn.tried.contains(backend) != tried || !backend.isFree(line.patience.concurrency(), now)) continue;
            line.next = (start + i + 1) % count;
            return backend;
        }
        return null;
    }

    /** It cannot wait until one is back: it tries those that were away. */
    private static @Nullable Backend away(Turn turn) {
        for (Backend backend : turn.line.backends)
            if (!turn.tried.contains(backend) && isWorthATry(backend, turn.line.patience.concurrency())) return backend;
        return null;
    }

    /** Comes back to those who wait when the next backend may be tried. */
    private void wake(Line line, long now) {
        if (line.wake != null) line.wake.cancel();
        line.wake = null;
        if (line.waiting.isEmpty()) return;
        long soonest = Long.MAX_VALUE;
        for (Backend backend : line.backends) {
            long left = backend.retryAt() - now;
            // Where it is time already, whoever is at it tells.
            if (!backend.isUp() && backend.isWell() && left > 0) soonest = Math.min(soonest, left);
        }
        if (soonest < Long.MAX_VALUE) line.wake = clocks.timer().after(Duration.ofNanos(soonest), () -> awake(line));
    }

    private void awake(Line line) {
        List<Effect> effects = new ArrayList<>();
        synchronized (this) {
            serve(line.backends, effects);
        }
        run(effects);
    }
}
