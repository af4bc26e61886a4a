// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.cluster.BackgroundTask;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Sweep;
import io.holdfast.flow.Failure;
import io.holdfast.flow.Origin;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.flow.Running;
import io.holdfast.flow.StallLimit;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Waiters;
import io.holdfast.work.queue.MemberView;
import io.holdfast.work.queue.Queue;
import io.holdfast.work.queue.Queue.Match;
import io.holdfast.work.queue.QueuePlace;
import io.holdfast.work.queue.QueueStep;
import io.holdfast.work.queue.Queues;
import io.holdfast.work.relay.Assignment;
import io.holdfast.work.relay.Relay;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Brings requests and workers together. The cluster's queue matches them. A match is a hint. The member of the request then gives the
 * request to the worker, and the member of the worker accepts it. Each does so at most once. Nothing blocks.
 */
final class Matchmaker {
    private static final Logger LOG = System.getLogger(Matchmaker.class.getName());
    private static final String ROOM = "work.match";
    private static final Duration FORGET_EVERY = Duration.ofSeconds(30);
    private static final Origin<Assignment> DECLINING = (given, body, sink) -> {
        sink.fail(new Failure(Failure.Kind.DECLINED, "the worker was not there"));
        return Running.NONE;
    };

    private final WorkOptions options;
    private final Cluster cluster;
    private final Waiters waiters;
    private final Queues queues;
    private final Leases leases;
    private final Relay relay;
    private final Clocks clocks;
    private final Executor executor;
    private final WorkObserver observer;
    private final String me;
    private final AtomicLong count = new AtomicLong();
    private final Map<String, QueuedRequest> requests = new ConcurrentHashMap<>();
    private final Map<String, IdleWorker> idle = new ConcurrentHashMap<>();
    /** By queue, the members that have entries in it but are not in the cluster. A member that two sweeps in a row find here is lost. */
    private final Map<String, Set<String>> missing = new ConcurrentHashMap<>();

    private final BackgroundTask tidying = new BackgroundTask("holdfast-work-tidy");
    private volatile long forgotten;

    Matchmaker(
            WorkOptions options,
            Cluster cluster,
            Waiters waiters,
            Clocks clocks,
            Executor executor,
            WorkObserver observer) {
        this.options = options;
        this.cluster = cluster;
        this.waiters = waiters;
        this.clocks = clocks;
        this.executor = executor;
        this.observer = observer;
        this.queues = new Queues(cluster, options.queue(), clocks, executor, this::matched);
        this.leases = new Leases(cluster, options, clocks, executor);
        this.relay = new Relay(cluster, this::take, leases::answer, clocks.timer());
        this.me = cluster.signals().name();
        this.forgotten = clocks.ticker().nanos();
    }

    /** Starts to take matches, and to look for missed matches regularly. */
    Scheduled open(Duration sweep) {
        relay.open();
        leases.open();
        cluster.messenger().onMessage(ROOM, (sender, content) -> {
            if (content instanceof Matched matched) begin(matched.queue(), matched.match());
            return true;
        });
        return new Sweep(this::sweep, clocks, executor).open(sweep, cluster);
    }

    /** Stops the background task. */
    void close() {
        tidying.close();
    }

    WorkOptions options() {
        return options;
    }

    /** The limit for a client or a worker that accepts nothing. */
    StallLimit stall() {
        return new StallLimit(options.stall(), clocks.timer());
    }

    Waiters waiters() {
        return waiters;
    }

    Clocks clocks() {
        return clocks;
    }

    Executor executor() {
        return executor;
    }

    WorkObserver observer() {
        return observer;
    }

    /** A name that was never used before. */
    String newId() {
        return me + "-" + count.incrementAndGet();
    }

    /** The number of idle workers of this member. */
    int idle() {
        return idle.size();
    }

    /** The numbers of each queue at this member. */
    Map<String, QueueNumbers> numbers() {
        Map<String, QueueNumbers> all = new HashMap<>();
        for (QueuedRequest request : requests.values())
            all.compute(request.queue(), (queue, known) -> request.countIn(known == null ? QueueNumbers.NONE : known));
        for (IdleWorker worker : idle.values())
            all.compute(worker.queue(), (queue, known) -> (known == null ? QueueNumbers.NONE : known).andIdle());
        return all;
    }

    /** The number of requests that are passed between this member and others now. */
    int talks() {
        return relay.links();
    }

    /** The number of requests of this member's clients that wait or are being performed. */
    int requests() {
        return requests.size();
    }

    /**
     * A worker is idle and can take one request.
     *
     * @param leases whether the worker gets the request on a lease and answers later
     */
    IdleWorker offer(String queue, Origin<Assignment> origin, boolean leases) {
        IdleWorker worker = new IdleWorker(this, new Queue.Idle(newId(), me, leases), queue, origin);
        idle.put(worker.id(), worker);
        offer(worker);
        return worker;
    }

    private void offer(IdleWorker worker) {
        step(worker.queue(), new QueueStep.Offer(worker.entry())).whenComplete((seen, error) -> worker.onOffered(seen));
    }

    /** The worker is gone, or has got a request in another way. */
    void leave(IdleWorker worker) {
        idle.remove(worker.id(), worker);
        step(worker.queue(), new QueueStep.Leave(worker.id()));
    }

    /** The request waits for a worker. Completes when the cluster has stored that. */
    CompletionStage<MemberView> enter(QueuedRequest request, long number) {
        requests.put(request.id(), request);
        return queues.enter(request.queue(), request.id(), request.order().urgency(), number, request.isFavoured());
    }

    /** The request no longer waits. */
    void withdraw(QueuedRequest request) {
        requests.remove(request.id(), request);
        step(request.queue(), new QueueStep.Withdraw(request.id()));
    }

    /** The request has ended. */
    void forget(QueuedRequest request) {
        requests.remove(request.id(), request);
    }

    private CompletionStage<MemberView> step(String queue, QueueStep step) {
        CompletionStage<MemberView> turning = queues.step(queue, step);
        turning.whenComplete(this::leftToTheSweep);
        return turning;
    }

    private void matched(String queue, List<Match> matches) {
        for (Match match : matches)
            if (match.request().member().equals(me)) begin(queue, match);
            else if (idle.containsKey(match.worker().id()))
                cluster.messenger().send(match.request().member(), ROOM, new Matched(queue, match));
    }

    private void begin(String queue, Match match) {
        QueuedRequest request = requests.get(match.request().id());
        if (request != null && request.offer(match)) step(queue, new QueueStep.Settle(match.token()));
        else if (request == null || !request.knows(match)) free(queue, match);
    }

    /** The request does not need the worker of the match. */
    private void free(String queue, Match match) {
        step(queue, new QueueStep.Free(match.token()));
    }

    /** The worker did not get the request, so it is idle again. */
    void giveBack(String queue, Match match) {
        step(queue, new QueueStep.Offer(match.worker()));
    }

    /** The place of the request in the queue. */
    CompletionStage<QueuePlace> place(String queue, String request) {
        return queues.place(queue, request);
    }

    /** The worker of a match, at any member. */
    Origin<Assignment> origin(Match match) {
        Queue.Idle idle = match.worker();
        Origin<Assignment> worker = idle.member().equals(me) ? here(idle.id()) : relay.origin(idle.member(), idle.id());
        return idle.leases() ? leases.leased(worker) : worker;
    }

    private Origin<Assignment> here(String id) {
        Origin<Assignment> worker = take(id);
        return worker == null ? DECLINING : worker;
    }

    private @Nullable Origin<Assignment> take(String id) {
        IdleWorker worker = idle.remove(id);
        return worker == null || !worker.take() ? null : worker.origin();
    }

    /** Passes on the report of a worker on a lease of any member. Completes with true if the report counts; fails if that is unknown. */
    CompletionStage<Boolean> follow(FollowUp said) {
        return leases.follow(said);
    }

    /**
     * A worker answers a request that it has leased. Completes with the sink for the body, or with nothing if the worker does not have
     * the lease. Fails if that is unknown.
     */
    CompletionStage<Optional<BodySink>> answer(String lease, String token, ResponseHead head, BodySource body) {
        String home = Leases.home(lease);
        if (!home.equals(me))
            return leases.ask(home, () -> relay.answer(home, newId(), lease, token, head, body), Optional.empty());
        ResponseSink sink = leases.answer(lease, token);
        return CompletableFuture.completedFuture(sink == null ? Optional.empty() : Optional.of(sink.head(head, body)));
    }

    /** Compares the queues that this member's requests and workers are in with the requests and workers that are here. */
    private CompletionStage<?> sweep() {
        tidying.start(this::tidy);
        Set<String> queues = new HashSet<>();
        requests.values().forEach(request -> queues.add(request.queue()));
        idle.values().forEach(worker -> queues.add(worker.queue()));
        missing.keySet().retainAll(queues);
        return CompletableFuture.allOf(
                queues.stream().map(queue -> sweep(queue).toCompletableFuture()).toArray(CompletableFuture[]::new));
    }

    private CompletionStage<?> sweep(String queue) {
        long since = clocks.ticker().nanos();
        return queues.step(queue, new QueueStep.Look()).thenAccept(seen -> swept(queue, seen, since));
    }

    private void swept(String queue, MemberView seen, long since) {
        Set<String> known = new HashSet<>(seen.waiting());
        known.addAll(seen.idle());
        for (Match match : seen.matches()) {
            known.add(match.request().id());
            known.add(match.worker().id());
        }
        // Entries that the cluster has lost are entered again. Entries that only the cluster knows are removed.
        for (IdleWorker worker : idle.values())
            if (worker.queue().equals(queue) && worker.since() - since < 0 && !known.contains(worker.id()))
                offer(worker);
        for (QueuedRequest request : requests.values())
            if (request.queue().equals(queue) && !known.contains(request.id())) request.reenter(since);
        for (String worker : seen.idle()) if (!idle.containsKey(worker)) step(queue, new QueueStep.Leave(worker));
        for (String request : seen.waiting())
            if (!requests.containsKey(request)) step(queue, new QueueStep.Withdraw(request));
        lookForLost(queue, seen.members());
    }

    private void lookForLost(String queue, List<String> members) {
        Set<String> away = new HashSet<>(members);
        away.removeAll(cluster.signals().others());
        away.remove(me);
        Set<String> before = missing.put(queue, away);
        if (before == null) return;
        for (String member : away) if (before.contains(member)) step(queue, new QueueStep.Lose(member));
    }

    private void tidy() {
        if (clocks.ticker().nanos() - forgotten < FORGET_EVERY.toNanos() && !queues.isPressed()) return;
        forgotten = clocks.ticker().nanos();
        queues.forget();
    }

    private void leftToTheSweep(@Nullable Object done, @Nullable Throwable error) {
        if (error != null) LOG.log(Level.DEBUG, () -> "The next sweep looks again cause=" + error);
    }

    /** A message to the member of a request: the queue has matched the request with a worker of the sender. */
    record Matched(String queue, Match match) {}
}
