// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.Origin;
import io.holdfast.work.queue.MemberView;
import io.holdfast.work.queue.Queue;
import io.holdfast.work.relay.Assignment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An idle worker of this member, for one request. */
final class IdleWorker {
    private final Matchmaker matchmaker;
    private final Queue.Idle entry;
    private final String queue;
    private final Origin<Assignment> origin;
    private final long since;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final CompletableFuture<Boolean> awaited = new CompletableFuture<>();

    IdleWorker(Matchmaker matchmaker, Queue.Idle entry, String queue, Origin<Assignment> origin) {
        this.matchmaker = matchmaker;
        this.entry = entry;
        this.queue = queue;
        this.origin = origin;
        this.since = matchmaker.clocks().ticker().nanos();
    }

    String id() {
        return entry.id();
    }

    /** The entry of the worker in the queue. */
    Queue.Idle entry() {
        return entry;
    }

    String queue() {
        return queue;
    }

    /** The worker as an origin. */
    Origin<Assignment> origin() {
        return origin;
    }

    /** The reading of the ticker at which the worker became idle. */
    long since() {
        return since;
    }

    /** Takes the worker for a request; false if it is taken already, or gone. */
    boolean take() {
        return taken.compareAndSet(false, true);
    }

    /** The queue knows the worker; or, with null, the cluster did not answer. */
    void onOffered(@Nullable MemberView seen) {
        awaited.complete(seen != null
                && seen.matches().stream().anyMatch(match -> match.worker().id().equals(id())));
    }

    /** Completes with true if a request was already waiting when the worker was offered. */
    CompletionStage<Boolean> isAwaited() {
        return awaited;
    }

    /** The worker is gone; false if it has got a request before. */
    boolean leave() {
        if (!take()) return false;
        matchmaker.leave(this);
        return true;
    }
}
