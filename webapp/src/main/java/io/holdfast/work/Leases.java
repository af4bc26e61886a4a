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
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The leases of this member's requests, and the way to the leases of other members. The name of a lease contains the name of its member.
 */
final class Leases {
    private static final String ROOM = "work.lease";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 16;

    private final Cluster cluster;
    private final WorkOptions options;
    private final Timer timer;
    private final Map<String, Lease> all = new ConcurrentHashMap<>();

    Leases(Cluster cluster, WorkOptions options, Clocks clocks, Executor executor) {
        this.cluster = cluster;
        this.options = options;
        this.timer = (time, task) -> clocks.timer().after(time, () -> executor.execute(task));
    }

    /** Starts to receive the reports of workers at other members. */
    void open() {
        cluster.messenger().onMessage(ROOM, (sender, content) -> content instanceof FollowUp said && followHere(said));
    }

    /** An origin that gives the request to that worker on a lease. It replaces an earlier lease of the same request. */
    Origin<Assignment> leased(Origin<Assignment> worker) {
        return (given, body, sink) -> {
            Order order = given.order().at(cluster.signals().name());
            ResponseSink measured = WorkHeaders.measured(order, sink);
            Assignment leased = new Assignment(order, given.token(), newSecret());
            String name = order.queue() + "/" + order.id();
            Lease lease = new Lease(name, leased.proof(), measured, options, timer, this::over);
            all.put(lease.name(), lease);
            lease.hand(worker.start(leased, body, lease.delivery()));
            return lease;
        };
    }

    private static String newSecret() {
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    private void over(Lease lease) {
        all.remove(lease.name(), lease);
    }

    /** The number of leases of this member. */
    int size() {
        return all.size();
    }

    /** The name of the member that a lease of this name would belong to. */
    static String home(String lease) {
        int from = lease.indexOf('/') + 1, to = lease.indexOf('-', from);
        return lease.substring(from, Math.max(from, to));
    }

    /** Passes on the report of a worker on a lease of any member. Completes with true if the report counts; fails if that is unknown. */
    CompletionStage<Boolean> follow(FollowUp said) {
        String home = home(said.lease());
        if (home.equals(cluster.signals().name())) return CompletableFuture.completedFuture(followHere(said));
        return ask(home, () -> cluster.messenger().send(home, ROOM, said), false);
    }

    /** Asks that member. If the member is gone, its lease is over, and the stage has {@code ifGone}. */
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

    /** The sink for the response to a leased request; null if the lease is over, or another worker has it. */
    @Nullable
    ResponseSink answer(String name, String token) {
        Lease lease = all.get(name);
        return lease == null ? null : lease.answer(token);
    }
}
