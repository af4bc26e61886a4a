// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.cluster.Cluster;
import io.holdfast.flow.Origin;
import io.holdfast.flow.ResponseSink;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer;
import io.holdfast.work.relay.Assignment;
import io.holdfast.work.relay.Order;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The leases of the requests of this member, and the way to those of others. The name of a lease says which member's it is. */
final class Leases {
    private static final String ROOM = "work.lease";

    private final Cluster cluster;
    private final WorkOptions options;
    private final Timer timer;
    private final Map<String, Lease> all = new ConcurrentHashMap<>();

    Leases(Cluster cluster, WorkOptions options, Clocks clocks, Executor executor) {
        this.cluster = cluster;
        this.options = options;
        this.timer = (time, task) -> clocks.timer().after(time, () -> executor.execute(task));
    }

    /** Begins to hear what workers say at other members. */
    void open() {
        cluster.messenger().onMessage(ROOM, (sender, content) -> content instanceof FollowUp said && followHere(said));
    }

    /** The worker of that origin, which has asked for a request, as one that answers it; a worker that was given it before has lost it. */
    Origin<Assignment> leased(Origin<Assignment> worker) {
        return (given, body, sink) -> {
            Order order = given.order().at(cluster.signals().name());
            Lease lease = new Lease(order.queue() + "/" + order.id(), given.token(), sink, options, timer, this::over);
            all.put(lease.name(), lease);
            lease.hand(worker.start(new Assignment(order, given.token()), body, lease.delivery()));
            return lease;
        };
    }

    private void over(Lease lease) {
        all.remove(lease.name(), lease);
    }

    /** How many there are. */
    int size() {
        return all.size();
    }

    /** The name of the member whose lease it would be. */
    static String home(String lease) {
        int from = lease.indexOf('/') + 1, to = lease.indexOf('-', from);
        return lease.substring(from, Math.max(from, to));
    }

    /** Passes on what a worker says of a lease of any member; the stage has whether it counts, and fails if that is not known. */
    CompletionStage<Boolean> follow(FollowUp said) {
        String home = home(said.lease());
        if (home.equals(cluster.signals().name())) return CompletableFuture.completedFuture(followHere(said));
        return ask(home, () -> cluster.messenger().send(home, ROOM, said), false);
    }

    /** Asks that member; a lease of one that is gone is over. */
    <T> CompletionStage<T> ask(String home, Supplier<CompletionStage<T>> question, T ifGone) {
        if (isGone(home)) return CompletableFuture.completedFuture(ifGone);
        return question.get().exceptionally(error -> {
            if (isGone(home)) return ifGone;
            throw new CompletionException(error);
        });
    }

    private boolean isGone(String member) {
        return !cluster.signals().others().contains(member);
    }

    private boolean followHere(FollowUp said) {
        Lease lease = all.get(said.lease());
        return lease != null && lease.follow(said);
    }

    /** Where the response to a leased request goes; null if nobody waits for it, or another worker has that lease. */
    @Nullable
    ResponseSink answer(String name, long token) {
        Lease lease = all.get(name);
        return lease == null ? null : lease.answer(token);
    }
}
