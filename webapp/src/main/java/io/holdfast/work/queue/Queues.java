// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.time.Clocks;
import io.holdfast.work.queue.Queue.Match;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/** The queues of the cluster, as this member changes them and looks at them. Only {@link #forget} blocks. */
public final class Queues {
    private final QueueStore store;

    /**
     * The queues on a running member.
     *
     * @param onMatches called with the matches that concern this member, by queue; must be quick
     */
    public Queues(
            Cluster cluster,
            QueueOptions options,
            Clocks clocks,
            Executor executor,
            BiConsumer<String, List<Match>> onMatches) {
        this.store = new QueueStore(cluster, options, clocks, executor, onMatches);
    }

    /** What the member needs to know before it starts. */
    public static ClusterPart part() {
        return QueueWire.part();
    }

    /**
     * Applies a step to the queue. Completes with the part of it that concerns this member, once that is on the backups; fails with
     * {@link QueueRefusal}.
     */
    public CompletionStage<MemberView> step(String queue, QueueStep step) {
        return store.step(queue, step);
    }

    /** Where the request waits in the queue. */
    public CompletionStage<QueuePlace> place(String queue, String request) {
        return store.place(queue, request);
    }

    /** Counts the queues of this member again, to know whether there may be more. */
    public void takeStock() {
        store.takeStock();
    }

    /** Removes the queues that have long been empty and whose primary is at this member. Blocks. */
    public void forget() {
        store.forget();
    }
}
