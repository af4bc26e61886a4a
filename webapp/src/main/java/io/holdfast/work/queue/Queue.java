// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import io.holdfast.cluster.Applied;
import io.holdfast.cluster.JoinPolicy.Joinable;
import io.holdfast.cluster.Records.Condition;
import io.holdfast.cluster.Step;
import io.holdfast.cluster.StepStore.Rules;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A queue as the cluster keeps it: the requests that wait, the idle workers, and the matches of the two. Immutable: each step makes a new
 * one. A match is a proposal. Whether the worker receives the request, the members of the two agree between themselves.
 *
 * @param last the last number that was given; numbers only grow
 * @param waiting the requests that wait: the most urgent first, and among those of the same urgency the first that came
 * @param idle the idle workers, the one that has been idle longest first
 * @param matches the matches that the member of the request has not settled yet
 * @param done the last turn of each member, so that no turn is applied twice
 * @param pace how fast waiting requests are matched
 */
public record Queue(long last, List<Waiting> waiting, List<Idle> idle, List<Match> matches, List<Done> done, Pace pace)
        implements Joinable<Queue> {

    /** While no request waits, the pace is not measured. */
    public Queue {
        if (waiting.isEmpty() && pace.since > 0) pace = new Pace(0, pace.interval);
    }

    /** A queue that is used for the first time. */
    static final Queue EMPTY = new Queue(0, List.of(), List.of(), List.of(), List.of(), Pace.UNKNOWN);

    private static final Comparator<Waiting> ORDER =
            Comparator.comparingInt(Waiting::urgency).thenComparingLong(Waiting::number);

    /**
     * A request that waits.
     *
     * @param id its name, which is never used for another
     * @param member the member that looks after it
     * @param urgency from 0, the most urgent, to 7
     * @param number its place among requests of the same urgency; 0 before the queue has given it one
     */
    public record Waiting(String id, String member, int urgency, long number) {}

    /**
     * A worker that can be given one request.
     *
     * @param id its name, which is never used for another
     * @param member the member that it is connected to
     * @param leases whether it receives requests on a lease
     */
    public record Idle(String id, String member, boolean leases) {}

    /**
     * A request and the worker that is to perform it.
     *
     * @param token the number of this match; of two matches of one request, the later has the higher
     * @param request the request
     * @param worker the worker
     */
    public record Match(long token, Waiting request, Idle worker) {

        boolean concerns(String member) {
            return request.member.equals(member) || worker.member.equals(member);
        }
    }

    /**
     * The last turn of a member.
     *
     * @param origin which member
     * @param number the number of the turn; it grows with each turn of its origin
     * @param time when it was applied, in epoch milliseconds
     */
    record Done(UUID origin, long number, long time) implements Applied {}

    /**
     * How fast waiting requests are matched.
     *
     * @param since when a request was last matched, in epoch milliseconds; 0 while none waits
     * @param interval the recent time from one match to the next while requests waited, in milliseconds; 0 if it is unknown
     */
    record Pace(long since, long interval) {
        static final Pace UNKNOWN = new Pace(0, 0);
        /** The number of matches over which the interval is averaged. */
        private static final int MEMORY = 8;

        private Pace matched(int matches, long now) {
            if (since == 0) return new Pace(now, interval);
            long each = Math.max(1, (now - since) / matches);
            return new Pace(now, interval == 0 ? each : (interval * (MEMORY - 1) + each) / MEMORY);
        }
    }

    private Queue withWaiting(List<Waiting> changed) {
        return new Queue(last, changed, idle, matches, done, pace);
    }

    private Queue withIdle(List<Idle> changed) {
        return new Queue(last, waiting, changed, matches, done, pace);
    }

    private Queue withMatches(List<Match> changed) {
        return new Queue(last, waiting, idle, changed, done, pace);
    }

    /** How the cluster keeps queues: a turn ends with matches, and is answered with what concerns its member. */
    record Keeping(String member) implements Rules<Queue, MemberView> {

        @Override
        public Queue none() {
            return EMPTY;
        }

        @Override
        public boolean isApplied(Queue queue, UUID origin, long number) {
            return Applied.contains(queue.done, origin, number);
        }

        @Override
        public Queue applied(Queue queue, UUID origin, long number, long now) {
            List<Done> all = Applied.with(queue.done, new Done(origin, number, now));
            return new Queue(queue.last, queue.waiting, queue.idle, queue.matches, all, queue.pace);
        }

        /** A queue that has never had a request is nothing without its workers. */
        @Override
        public boolean isNothing(Queue queue) {
            return queue.last == 0 && queue.isEmpty();
        }

        @Override
        public Queue settled(Queue queue, long now) {
            return queue.matched(now);
        }

        @Override
        public MemberView answer(Queue before, Queue after, List<Step<Queue>> steps) {
            return MemberView.of(member, before, after, steps);
        }
    }

    /** Selects queues that are empty and of which no turn may still be repeated. */
    record LongEmpty(long now, long repeats) implements Condition<Queue> {

        @Override
        public boolean matches(Queue queue) {
            return queue.isEmpty() && Applied.latest(queue.done) < now - repeats;
        }
    }

    /** Whether no request and no worker is in it. */
    public boolean isEmpty() {
        return waiting.isEmpty() && idle.isEmpty() && matches.isEmpty();
    }

    /** The request waits. If it waited before, it has its old place, perhaps at another member. */
    Queue entered(Waiting request, long now) {
        boolean returns = request.number > 0;
        boolean waits =
                waiting.stream().anyMatch(one -> one.id.equals(request.id) && one.member.equals(request.member));
        if (waits || (!returns && knows(request.id))) return this;
        long number = returns ? request.number : Math.max(last + 1, now); // new, even if this queue was forgotten
        Waiting placed = new Waiting(request.id, request.member, request.urgency, number);
        List<Waiting> all = new ArrayList<>(without(waiting, one -> one.id.equals(request.id)));
        int place = all.size();
        while (place > 0 && ORDER.compare(all.get(place - 1), placed) > 0) place--;
        all.add(place, placed);
        // The worker of its last match was not there.
        List<Match> others = without(matches, one -> one.request.id.equals(request.id));
        return new Queue(Math.max(last, number), all, idle, others, done, pace);
    }

    /** Whether the request waits, or is matched and not settled. */
    boolean knows(String request) {
        return waiting.stream().anyMatch(one -> one.id.equals(request))
                || matches.stream().anyMatch(one -> one.request.id.equals(request));
    }

    /** The request does not wait any more. */
    Queue withdrawn(String request) {
        List<Waiting> others = without(waiting, one -> one.id.equals(request));
        return others.size() == waiting.size() ? this : withWaiting(others);
    }

    /** The worker is idle. */
    Queue offered(Idle worker) {
        boolean known = idle.contains(worker) || matches.stream().anyMatch(one -> one.worker.equals(worker));
        if (known) return this;
        List<Idle> all = new ArrayList<>(idle);
        all.add(worker);
        return withIdle(all);
    }

    /** The worker is gone. */
    Queue left(String worker) {
        List<Idle> others = without(idle, one -> one.id.equals(worker));
        return others.size() == idle.size() ? this : withIdle(others);
    }

    /** The member of the request has taken note of the match. */
    Queue settled(long token) {
        List<Match> others = without(matches, one -> one.token == token);
        return others.size() == matches.size() ? this : withMatches(others);
    }

    /** The request of the match is gone: its worker is idle again. */
    Queue freed(long token) {
        List<Idle> all = new ArrayList<>(idle);
        for (Match match : matches) if (match.token == token) all.add(match.worker);
        return all.size() == idle.size() ? this : withIdle(all).settled(token);
    }

    /** The member is gone, with its requests and workers. Those of other members that were matched with them are free again. */
    Queue lost(String member) {
        List<Match> kept = new ArrayList<>();
        List<Waiting> requests = new ArrayList<>(without(waiting, one -> one.member.equals(member)));
        List<Idle> workers = new ArrayList<>(without(idle, one -> one.member.equals(member)));
        for (Match match : matches) {
            boolean hasRequest = !match.request.member.equals(member), hasWorker = !match.worker.member.equals(member);
            if (hasRequest && hasWorker) kept.add(match);
            else if (hasRequest) requests.add(match.request);
            else if (hasWorker) workers.add(match.worker);
        }
        requests.sort(ORDER);
        return new Queue(last, requests, workers, kept, done, pace);
    }

    /** Each waiting request is matched with an idle worker while there is one, at the same member if possible. */
    Queue matched(long now) {
        if (waiting.isEmpty() || idle.isEmpty()) return this;
        int pairs = Math.min(waiting.size(), idle.size());
        List<Idle> workers = new ArrayList<>(idle);
        List<Match> all = new ArrayList<>(matches);
        long token = last;
        for (Waiting request : waiting.subList(0, pairs)) {
            token = Math.max(token + 1, now);
            all.add(new Match(token, request, workers.remove(nearest(request, workers))));
        }
        List<Waiting> left = List.copyOf(waiting.subList(pairs, waiting.size()));
        return new Queue(token, left, workers, all, done, pace.matched(pairs, now));
    }

    private static int nearest(Waiting request, List<Idle> workers) {
        for (int i = 0; i < workers.size(); i++) if (workers.get(i).member.equals(request.member)) return i;
        return 0;
    }

    /** Where the request waits. */
    QueuePlace place(String request) {
        for (int i = 0; i < waiting.size(); i++)
            if (waiting.get(i).id.equals(request)) return new QueuePlace(i, (i + 1) * pace.interval);
        return QueuePlace.NONE;
    }

    /** All members that a request or a worker belongs to. */
    Set<String> members() {
        Set<String> all = new TreeSet<>();
        waiting.forEach(one -> all.add(one.member));
        idle.forEach(one -> all.add(one.member));
        for (Match match : matches) {
            all.add(match.request.member);
            all.add(match.worker.member);
        }
        return all;
    }

    /**
     * Both sides of a queue after a split. Different matches may have the same token then. If both sides have matched the same request
     * or worker, the members take one match and reject the other.
     */
    @Override
    public Queue joined(Queue larger) {
        List<Match> all = union(matches, larger.matches, match -> match.worker);
        List<Waiting> requests = new ArrayList<>(union(waiting, larger.waiting, Waiting::id));
        requests.removeIf(request -> all.stream().anyMatch(match -> match.request.id.equals(request.id)));
        requests.sort(ORDER);
        return new Queue(
                Math.max(last, larger.last),
                requests,
                union(idle, larger.idle, Idle::id),
                all,
                Applied.joined(done, larger.done),
                pace.since >= larger.pace.since ? pace : larger.pace);
    }

    private static <T, K> List<T> union(Collection<T> some, Collection<T> more, Function<T, K> key) {
        Map<K, T> all = new LinkedHashMap<>();
        for (T one : some) all.put(key.apply(one), one);
        for (T one : more) all.putIfAbsent(key.apply(one), one);
        return List.copyOf(all.values());
    }

    private static <T> List<T> without(List<T> all, Predicate<T> removed) {
        return all.stream().filter(removed.negate()).toList();
    }
}
