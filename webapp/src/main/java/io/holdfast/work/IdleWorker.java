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

    /** Its entry in the queue. */
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

    /** Since which reading of the ticker it is idle. */
    long since() {
        return since;
    }

    /** Takes it for a request; false if it is taken, or gone. */
    boolean take() {
        return taken.compareAndSet(false, true);
    }

    /** The queue knows it, or could not be asked. */
    void onOffered(@Nullable MemberView seen) {
        awaited.complete(seen != null
                && seen.matches().stream().anyMatch(match -> match.worker().id().equals(id())));
    }

    /** Whether a request waited for it when it was offered; completes when that is known. */
    CompletionStage<Boolean> isAwaited() {
        return awaited;
    }

    /** The worker is not there any more; false if it was given a request before. */
    boolean leave() {
        if (!take()) return false;
        matchmaker.leave(this);
        return true;
    }
}
