// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.backend;

import io.holdfast.proxy.backend.Admission.Holder;
import io.holdfast.proxy.backend.Admission.State;
import io.holdfast.proxy.backend.Admission.Why;
import io.holdfast.proxy.routes.Route;
import io.holdfast.proxy.routes.Target;
import io.holdfast.time.Clocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The queues in which requests wait for a backend. There is one queue for each list of targets and each patience; it is first come, first
 * served. If several queues wait for the same backend, the request that has waited longest is served first.
 *
 * <p>One request at a time tries a backend that is down: the first of its queue, and not more often than its route allows. When one
 * request gets through, the others follow, in groups that grow. No request polls.
 *
 * <p>An admission waits, is inside, may wait again, and ends once. A report that comes after the end changes nothing.
 */
public final class BackendQueues implements AutoCloseable {
    private final Clocks clocks;
    private final Executor executor;
    private final Map<Target, Backend> backends = new HashMap<>(); // all state below is guarded by this
    private final Map<String, Backend.Address> addresses = new HashMap<>();
    private final Map<BackendQueue.Kind, BackendQueue> queues = new HashMap<>();
    private @Nullable Set<BackendQueue.Kind> wanted;
    private long numbers;
    private boolean closed;

    public BackendQueues(Clocks clocks, Executor executor) {
        this.clocks = clocks;
        this.executor = executor;
    }

    /** The backend of this target. */
    synchronized Backend backend(Target target) {
        return backends.computeIfAbsent(
                target,
                made -> new Backend(made, addresses.computeIfAbsent(made.address(), address -> new Backend.Address())));
    }

    /** The number of waiting requests. */
    public synchronized int waiting() {
        return queues.values().stream().mapToInt(queue -> queue.waiting.size()).sum();
    }

    /** Forgets queues and backends that none of these routes needs: now, or as soon as no request uses them. */
    public void keep(List<Route> routes) {
        Set<BackendQueue.Kind> kinds = new HashSet<>();
        for (Route route : routes) kinds.add(BackendQueue.Kind.of(route));
        List<Effect> effects = new ArrayList<>();
        synchronized (this) {
            wanted = kinds;
            for (BackendQueue queue : List.copyOf(queues.values())) forget(queue, effects);
            for (Backend backend : List.copyOf(backends.values())) forget(backend, effects);
        }
        run(effects);
    }

    private void forget(BackendQueue queue, List<Effect> effects) {
        if (wanted == null || wanted.contains(queue.kind) || queue.isInUse() || !queues.remove(queue.kind, queue))
            return;
        for (Backend backend : queue.backends) {
            backend.address.queues.remove(queue);
            forget(backend, effects);
        }
    }

    private void forget(Backend backend, List<Effect> effects) {
        Target target = backend.target;
        if (wanted == null || wanted.stream().anyMatch(kind -> kind.targets().contains(target))) return;
        if (backend.address.queues.stream().anyMatch(queue -> queue.isFor(backend))
                || !backends.remove(target, backend)) return;
        if (backends.values().stream().noneMatch(other -> other.address.equals(backend.address)))
            addresses.remove(target.address());
        effects.add(new Effect(null, backend::closeIdle));
    }

    /** Puts a request into its queue. The request may be admitted or refused before this returns. */
    public Admission enter(Route route, Holder holder) {
        List<Effect> effects = new ArrayList<>();
        Admission admission;
        synchronized (this) {
            BackendQueue queue = queue(BackendQueue.Kind.of(route));
            Duration most = queue.isPatient()
                    ? route.patience().tryDuration()
                    : route.limits().timeout();
            long now = clocks.ticker().nanos();
            admission = new Admission(queue, holder, numbers++, now + most.toNanos());
            stand(admission, effects);
            forget(queue, effects);
        }
        for (Effect effect : effects)
            // The request that enters is on this thread, so its call runs at once.
            if (effect.admission == admission) effect.what.run();
            else executor.execute(effect.what);
        return admission;
    }

    /** The request has reached its backend. */
    public void reached(Admission admission) {
        change(admission, (backend, effects) -> arrive(admission, backend));
    }

    private static void arrive(Admission admission, Backend backend) {
        if (admission.connecting) backend.reached();
        admission.connecting = false;
    }

    /** The request has not reached its backend, or the backend has failed. It tries the next backend, or waits in its old place. */
    public void missed(Admission admission) {
        change(admission, (backend, effects) -> {
            backend.lost(nextTry(admission));
            leave(admission, backend);
            admission.tried.add(backend);
            admission.state = State.WAITING;
            stand(admission, effects);
        });
    }

    /** The request connects to its backend again. */
    void again(Admission admission) {
        change(admission, (backend, effects) -> {
            if (!admission.connecting) backend.again();
            admission.connecting = true;
        });
    }

    /** The request has left its backend, for a reason that says nothing about the backend. */
    public void left(Admission admission) {
        change(admission, (backend, effects) -> {
            leave(admission, backend);
            admission.state = State.OVER;
        });
    }

    /** The request has left its backend, which could not be reached. */
    public void leftUnreached(Admission admission) {
        change(admission, (backend, effects) -> {
            backend.lost(nextTry(admission));
            leave(admission, backend);
            admission.state = State.OVER;
        });
    }

    /** Ends the wait of the request, if it waits. */
    public void withdraw(Admission admission) {
        List<Effect> effects = new ArrayList<>();
        synchronized (this) {
            if (admission.state != State.WAITING) return;
            remove(admission);
            admission.state = State.OVER;
            // It may have blocked the requests behind it.
            serve(admission.queue.backends, effects);
        }
        run(effects);
    }

    /** Whether a failed request may be tried again. */
    public synchronized boolean mayTryAgain(Admission admission) {
        return !closed && admission.mayTryAgain(clocks.ticker().nanos());
    }

    /** Whether the target's address has as many requests as allowed. */
    synchronized boolean isFull(Target target, int concurrency) {
        return !backend(target).hasPlace(concurrency);
    }

    /** Takes the result of a health check. */
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

    /** Refuses the waiting requests, and all later ones. */
    @Override
    public void close() {
        List<Effect> effects = new ArrayList<>();
        List<Backend> all;
        synchronized (this) {
            closed = true;
            for (BackendQueue queue : queues.values()) {
                for (Admission admission : List.copyOf(queue.waiting.values())) end(admission, Why.CLOSED, effects);
                wake(queue, clocks.ticker().nanos());
            }
            all = List.copyOf(backends.values());
        }
        all.forEach(Backend::closeIdle);
        // These calls run here, because the executor may be closed next.
        effects.forEach(effect -> effect.what.run());
    }

    /** A call that is made after the lock is released. */
    private record Effect(@Nullable Admission admission, Runnable what) {}

    private interface Change {
        void to(Backend backend, List<Effect> effects);
    }

    private void change(Admission admission, Change change) {
        List<Effect> effects = new ArrayList<>();
        synchronized (this) {
            Backend backend = admission.last;
            if (admission.state != State.INSIDE || backend == null) return;
            change.to(backend, effects);
            serve(List.of(backend), effects);
        }
        run(effects);
    }

    private static void leave(Admission admission, Backend backend) {
        if (admission.connecting) backend.givenUp();
        admission.connecting = false;
        backend.leave();
        admission.queue.inside--;
    }

    private long nextTry(Admission admission) {
        return clocks.ticker().nanos() + admission.queue.patience.tryInterval().toNanos();
    }

    private void run(List<Effect> effects) {
        effects.forEach(effect -> executor.execute(effect.what));
    }

    private BackendQueue queue(BackendQueue.Kind kind) {
        BackendQueue queue = queues.get(kind);
        if (queue != null) return queue;
        BackendQueue made = new BackendQueue(
                kind, kind.targets().stream().map(this::backend).toList());
        made.backends.forEach(backend -> backend.address.queues.add(made));
        queues.put(kind, made);
        return made;
    }

    private void stand(Admission admission, List<Effect> effects) {
        if (closed || isHopeless(admission, clocks.ticker().nanos())) {
            end(admission, closed ? Why.CLOSED : Why.UNREACHED, effects);
            return;
        }
        admission.queue.waiting.put(admission.number, admission);
        serve(admission.queue.backends, effects);
        // If a request has returned to its old place, the last request of the queue is the one too many.
        if (admission.queue.waiting.size() > admission.queue.patience.maxWaiting())
            end(admission.queue.waiting.lastEntry().getValue(), Why.FULL, effects);
        if (admission.state != State.WAITING || admission.alarm != null) return;
        Duration left = Duration.ofNanos(admission.deadline - clocks.ticker().nanos());
        admission.alarm = clocks.timer().after(left, () -> expire(admission));
    }

    private void expire(Admission admission) {
        List<Effect> effects = new ArrayList<>();
        synchronized (this) {
            if (admission.state != State.WAITING) return;
            boolean away = admission.queue.backends.stream().noneMatch(backend -> backend.isUp() && backend.isWell());
            end(admission, away ? Why.UNREACHED : Why.BUSY, effects);
            serve(admission.queue.backends, effects);
        }
        run(effects);
    }

    private static void end(Admission admission, Why why, List<Effect> effects) {
        remove(admission);
        admission.state = State.OVER;
        effects.add(new Effect(admission, () -> admission.holder.onRefused(why)));
    }

    private static void remove(Admission admission) {
        admission.queue.waiting.remove(admission.number);
        if (admission.alarm != null) admission.alarm.cancel();
        admission.alarm = null;
    }

    /** Admits requests to these backends while they are free, the longest waiting first. */
    private void serve(List<Backend> free, List<Effect> effects) {
        Set<BackendQueue> touched = new HashSet<>();
        for (Backend backend : free) touched.addAll(backend.address.queues);
        List<BackendQueue> open = new ArrayList<>(touched);
        open.removeIf(queue -> queue.waiting.isEmpty());
        // All decisions use the same time, so that wake() finds every request for which it was too early.
        long now = clocks.ticker().nanos();
        while (!open.isEmpty()) {
            BackendQueue queue = open.size() == 1 ? open.get(0) : oldest(open);
            if (!serveOne(queue, now, effects) || queue.waiting.isEmpty()) open.remove(queue);
        }
        for (BackendQueue queue : touched) {
            wake(queue, now);
            forget(queue, effects);
        }
    }

    private static BackendQueue oldest(List<BackendQueue> queues) {
        return queues.stream()
                .min(Comparator.comparingLong(BackendQueue::first))
                .orElseThrow();
    }

    /** Admits the first request that can be admitted, or refuses one that cannot succeed; false if there is no such request. */
    private boolean serveOne(BackendQueue queue, long now, List<Effect> effects) {
        if (isShut(queue, now)) return false;
        for (Admission admission : queue.waiting.values()) {
            Backend backend = choose(admission, now);
            if (backend != null) letIn(admission, backend, effects);
            else if (isHopeless(admission, now)) end(admission, Why.UNREACHED, effects);
            else continue;
            return true;
        }
        return false;
    }

    /** Whether no request can be admitted or refused, whichever backends it has tried. */
    private static boolean isShut(BackendQueue queue, long now) {
        int concurrency = queue.patience.concurrency();
        for (Backend backend : queue.backends)
            if (backend.isFree(concurrency, now)
                    || (!queue.isPatient() && (!backend.isWell() || isWorthATry(backend, concurrency)))) return false;
        return true;
    }

    /** Whether a request that cannot wait tries this backend although it was down. */
    private static boolean isWorthATry(Backend backend, int concurrency) {
        return backend.isWell() && !backend.isUp() && backend.hasPlace(concurrency);
    }

    private static boolean isHopeless(Admission admission, long now) {
        if (admission.mayTryAgain(now)) return false;
        // A request that cannot wait for a backend that is down does not wait for an unhealthy one either.
        return admission.queue.backends.stream()
                .allMatch(backend ->
                        admission.tried.contains(backend) || (!admission.queue.isPatient() && !backend.isWell()));
    }

    private static void letIn(Admission admission, Backend backend, List<Effect> effects) {
        remove(admission);
        admission.state = State.INSIDE;
        admission.queue.inside++;
        admission.attempts++;
        admission.last = backend;
        admission.connecting = true;
        backend.enter();
        effects.add(new Effect(admission, () -> admission.holder.onAdmitted(admission, backend)));
    }

    /** Chooses a free backend that the request has not tried; or else, if it may try again, one that it has tried. */
    private static @Nullable Backend choose(Admission admission, long now) {
        Backend fresh = free(admission, now, false);
        if (fresh != null) return fresh;
        return admission.queue.isPatient()
                ? (admission.mayTryAgain(now) ? free(admission, now, true) : null)
                : away(admission);
    }

    private static @Nullable Backend free(Admission admission, long now, boolean tried) {
        BackendQueue queue = admission.queue;
        int count = queue.backends.size();
        int start = queue.patience.policy() == Route.Policy.ROUND_ROBIN ? queue.next : 0;
        for (int i = 0; i < count; i++) {
            Backend backend = queue.backends.get((start + i) % count);
            if (admission.tried.contains(backend) != tried || !backend.isFree(queue.patience.concurrency(), now))
                continue;
            queue.next = (start + i + 1) % count;
            return backend;
        }
        return null;
    }

    /** A backend that was down, for a request that cannot wait until one is back. */
    private static @Nullable Backend away(Admission admission) {
        for (Backend backend : admission.queue.backends)
            if (!admission.tried.contains(backend) && isWorthATry(backend, admission.queue.patience.concurrency()))
                return backend;
        return null;
    }

    /** Sets a timer to serve the queue when the next backend may be tried. */
    private void wake(BackendQueue queue, long now) {
        if (queue.wake != null) queue.wake.cancel();
        queue.wake = null;
        if (queue.waiting.isEmpty()) return;
        long soonest = Long.MAX_VALUE;
        for (Backend backend : queue.backends) {
            long left = backend.retryAt() - now;
            // If the time has come already, a request is trying the backend and will report.
            if (!backend.isUp() && backend.isWell() && left > 0) soonest = Math.min(soonest, left);
        }
        if (soonest < Long.MAX_VALUE) queue.wake = clocks.timer().after(Duration.ofNanos(soonest), () -> awake(queue));
    }

    private void awake(BackendQueue queue) {
        List<Effect> effects = new ArrayList<>();
        synchronized (this) {
            serve(queue.backends, effects);
        }
        run(effects);
    }
}
