// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.cluster.BackgroundTask;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Sweep;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Waiters;
import io.holdfast.work.queue.MemberView;
import io.holdfast.work.queue.Queue;
import io.holdfast.work.queue.Queue.Match;
import io.holdfast.work.queue.QueuePlace;
import io.holdfast.work.queue.QueueStep;
import io.holdfast.work.queue.Queues;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where requests and workers meet. The cluster's queue says who is given whom; the member of the request then gives it, and that of the
 * worker takes it, each once: what the queue says is a hint to them. Nothing blocks.
 */
final class Hub {
    private static final Logger LOG = System.getLogger(Hub.class.getName());
    private static final String ROOM = "work.match";
    private static final Duration FORGET_EVERY = Duration.ofSeconds(30);

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
    private final Map<String, Ticket> tickets = new ConcurrentHashMap<>();
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();
    /** By queue, members who are said to be in it and are not in the cluster: who is so twice is lost. */
    private final Map<String, Set<String>> missing = new ConcurrentHashMap<>();

    private final BackgroundTask tidying = new BackgroundTask("holdfast-work-tidy");
    private volatile long forgotten;

    Hub(
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
        this.relay = new Relay(cluster, this::perform, leases::answer, clocks.timer());
        this.me = cluster.signals().name();
        this.forgotten = clocks.ticker().nanos();
    }

    /** Begins to hear of matches, and to look for them every so often. */
    Scheduled open(Duration sweep) {
        relay.open();
        leases.open();
        cluster.messenger().onMessage(ROOM, (sender, content) -> {
            if (content instanceof Matched matched) begin(matched.queue(), matched.match());
            return true;
        });
        return new Sweep(this::sweep, clocks, executor).open(sweep, cluster);
    }

    /** Ends what is done beside. */
    void close() {
        tidying.close();
    }

    WorkOptions options() {
        return options;
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

    /** A name that nobody has had. */
    String newId() {
        return me + "-" + count.incrementAndGet();
    }

    /** How many workers are idle here. */
    int idle() {
        return slots.size();
    }

    /** What there is of each queue here. */
    Map<String, QueueNumbers> numbers() {
        Map<String, QueueNumbers> all = new HashMap<>();
        for (Ticket ticket : tickets.values())
            all.compute(ticket.queue(), (queue, known) -> ticket.countIn(known == null ? QueueNumbers.NONE : known));
        for (Slot slot : slots.values())
            all.compute(slot.queue, (queue, known) -> (known == null ? QueueNumbers.NONE : known).andIdle());
        return all;
    }

    /** How many requests pass between this member and others now. */
    int talks() {
        return relay.talks();
    }

    /** How many requests are waiting or being performed for clients of this member. */
    int requests() {
        return tickets.size();
    }

    /** A worker is idle, and can be given one request. */
    Slot offer(String queue, Worker worker) {
        Slot slot = new Slot(queue, newId(), worker);
        slots.put(slot.id, slot);
        offer(slot);
        return slot;
    }

    private void offer(Slot slot) {
        step(slot.queue, new QueueStep.Offer(new Queue.Idle(slot.id, me, slot.worker.leases())))
                .whenComplete((turned, error) -> slot.looked(turned));
    }

    /** The ticket waits for a worker; completes when the cluster knows. */
    CompletionStage<MemberView> enter(Ticket ticket, long number) {
        tickets.put(ticket.id(), ticket);
        return queues.enter(ticket.queue(), ticket.id(), ticket.order().urgency(), number);
    }

    /** The ticket does not wait any more. */
    void withdraw(Ticket ticket) {
        tickets.remove(ticket.id(), ticket);
        step(ticket.queue(), new QueueStep.Withdraw(ticket.id()));
    }

    /** The ticket has what it waited for, and waits for nothing more. */
    void over(Ticket ticket) {
        tickets.remove(ticket.id(), ticket);
    }

    private CompletionStage<MemberView> step(String queue, QueueStep step) {
        CompletionStage<MemberView> turning = queues.step(queue, step);
        turning.whenComplete(this::leftToTheSweep);
        return turning;
    }

    private void matched(String queue, List<Match> matches) {
        for (Match match : matches)
            if (match.request().member().equals(me)) begin(queue, match);
            else if (slots.containsKey(match.worker().id()))
                cluster.messenger().send(match.request().member(), ROOM, new Matched(queue, match));
    }

    private void begin(String queue, Match match) {
        Ticket ticket = tickets.get(match.request().id());
        if (ticket != null && ticket.offer(match)) step(queue, new QueueStep.Settle(match.token()));
        else if (ticket == null || !ticket.knows(match)) free(queue, match);
    }

    /** Nobody wants that worker any more. */
    private void free(String queue, Match match) {
        step(queue, new QueueStep.Free(match.token()));
    }

    /** The worker was not given it: it is idle, as before. */
    void giveBack(String queue, Match match) {
        step(queue, new QueueStep.Offer(match.worker()));
    }

    /** Where in the queue the one of that name waits. */
    CompletionStage<QueuePlace> ahead(String queue, String ticket) {
        return queues.place(queue, ticket);
    }

    /** Gives the request to the worker; whether it was there. Fails if that cannot be told. */
    CompletionStage<Boolean> give(Match match, Order order, Asking asking) {
        if (!match.worker().leases()) return pass(match, order, asking);
        Order leased = order.at(me);
        Lease lease = leases.begin(leased, match.token(), asking);
        return pass(match, leased, lease).handle((taken, error) -> error == null ? lease.given(taken) : lease.lost());
    }

    private CompletionStage<Boolean> pass(Match match, Order order, Asking asking) {
        Queue.Idle slot = match.worker();
        if (!slot.member().equals(me)) return relay.give(slot.member(), slot.id(), match.token(), order, asking);
        return CompletableFuture.completedFuture(perform(slot.id(), match.token(), order, asking));
    }

    /** A worker says something of a lease, of whatever member; whether it is its own. Fails if that cannot be told. */
    CompletionStage<Boolean> tell(FollowUp said) {
        return leases.tell(said);
    }

    /** A worker answers what it has leased; empty if the lease is not its own. Fails if that cannot be told. */
    CompletionStage<Optional<Caller>> answer(String lease, long token, Performer worker) {
        String home = Leases.home(lease);
        if (!home.equals(me))
            return leases.ask(home, () -> relay.answer(home, newId(), lease, token, worker), Optional.empty());
        Asking asking = leases.answer(lease, token);
        if (asking != null) asking.by(worker);
        return CompletableFuture.completedFuture(Optional.ofNullable(asking));
    }

    private boolean perform(String id, long token, Order order, Asking asking) {
        Slot slot = slots.remove(id);
        return slot != null && slot.perform(token, order, asking);
    }

    /** Compares the queues in which somebody is of this member with those that are here. */
    private CompletionStage<?> sweep() {
        queues.count();
        tidying.start(this::tidy);
        Set<String> queues = new HashSet<>();
        tickets.values().forEach(ticket -> queues.add(ticket.queue()));
        slots.values().forEach(slot -> queues.add(slot.queue));
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
        // Whom the cluster has lost comes again; and whom it knows, and nobody here, goes.
        for (Slot slot : slots.values())
            if (slot.queue.equals(queue) && slot.since - since < 0 && !known.contains(slot.id)) offer(slot);
        for (Ticket ticket : tickets.values())
            if (ticket.queue().equals(queue) && !known.contains(ticket.id())) ticket.enterAgain(since);
        for (String slot : seen.idle()) if (!slots.containsKey(slot)) step(queue, new QueueStep.Leave(slot));
        for (String ticket : seen.waiting())
            if (!tickets.containsKey(ticket)) step(queue, new QueueStep.Withdraw(ticket));
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
        if (clocks.ticker().nanos() - forgotten < FORGET_EVERY.toNanos()) return;
        forgotten = clocks.ticker().nanos();
        queues.forget();
    }

    private void leftToTheSweep(@Nullable Object done, @Nullable Throwable error) {
        if (error != null) LOG.log(Level.DEBUG, () -> "The next sweep looks again cause=" + error);
    }

    /** An idle worker of this member, for one request. */
    final class Slot {
        private final String queue;
        private final String id;
        private final Worker worker;
        private final long since = clocks.ticker().nanos();
        private final AtomicBoolean taken = new AtomicBoolean();
        private final CompletableFuture<Boolean> looked = new CompletableFuture<>();

        private Slot(String queue, String id, Worker worker) {
            this.queue = queue;
            this.id = id;
            this.worker = worker;
        }

        private boolean perform(long token, Order order, Asking asking) {
            return taken.compareAndSet(false, true) && worker.perform(order, token, asking);
        }

        private void looked(@Nullable MemberView turned) {
            looked.complete(turned != null
                    && turned.matches().stream()
                            .anyMatch(match -> match.worker().id().equals(id)));
        }

        /** Whether a request waited for it when it came; completes when that is known. */
        CompletionStage<Boolean> isAwaited() {
            return looked;
        }

        /** The worker is not there any more; false if it was given a request before. */
        boolean leave() {
            if (!taken.compareAndSet(false, true)) return false;
            slots.remove(id, this);
            step(queue, new QueueStep.Leave(id));
            return true;
        }
    }
}
