// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import io.holdfast.cluster.Applied;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.Records;
import io.holdfast.cluster.Step;
import io.holdfast.cluster.StepStore;
import io.holdfast.cluster.StepStore.Rules;
import io.holdfast.time.Clocks;
import io.holdfast.work.queue.Queue.Match;
import io.holdfast.work.queue.QueueRefusal.Why;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/** The queues of the cluster, as this member changes them and looks at them. Only {@link #forget} blocks. */
public final class Queues {
    private final Records<Queue> records;
    private final StepStore<Queue, MemberView> steps;
    private final QueueOptions options;
    private final Clocks clocks;
    private final String me;

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
        this.me = cluster.signals().name();
        this.options = options;
        this.clocks = clocks;
        this.records = new Records<>(cluster, QueueWire.MAP);
        this.steps = new StepStore<>(
                cluster, records, options.patience(), clocks, executor, new Owner(me, options.queues(), onMatches));
    }

    /** The part of the cluster that the room needs before the member starts. */
    public static ClusterPart part() {
        return QueueWire.part();
    }

    /**
     * A request of this member waits. Completes once the queue has it on the backups; fails with {@link QueueRefusal}.
     *
     * @param urgency from 0, the most urgent, to 7
     * @param number the number of its place, if it waited before; else 0
     * @param favoured whether the part of the queues that is kept for workers and operators is for it, too
     */
    public CompletionStage<MemberView> enter(String queue, String request, int urgency, long number, boolean favoured) {
        return step(
                queue,
                new QueueStep.Enter(new Queue.Waiting(request, me, urgency, number), options.length(), favoured));
    }

    /**
     * Changes the queue by that step. Completes with the part of the queue that concerns this member, once that is on the backups; fails
     * with {@link QueueRefusal}.
     */
    public CompletionStage<MemberView> step(String queue, QueueStep step) {
        return steps.step(queue, step);
    }

    /** Where the request waits in the queue. */
    public CompletionStage<QueuePlace> place(String queue, String request) {
        return records.preview(queue, new QueuePlace.Of(request));
    }

    /** Whether new queues were refused here lately, so that {@link #forget} should be called soon. */
    public boolean isPressed() {
        return records.isPressed();
    }

    /** Removes the queues that have long been empty and whose primary is at this member. Blocks. */
    public void forget() {
        records.remove(new Queue.LongEmpty(
                clocks.cluster().millis(), isPressed() ? Applied.USUAL_REPEATS_MILLIS : Applied.REPEATS_MILLIS));
    }

    private record Owner(String member, int limit, BiConsumer<String, List<Match>> onMatches)
            implements StepStore.Owner<Queue, MemberView> {

        @Override
        public Rules<Queue, MemberView> rules() {
            return new Queue.Keeping(member);
        }

        @Override
        public RuntimeException refusal(StepStore.Failure failure, String why) {
            return switch (failure) {
                case UNAVAILABLE -> new QueueRefusal(Why.UNAVAILABLE, why);
                case UNKNOWN -> new QueueRefusal(Why.UNKNOWN, why);
                case FULL -> new QueueRefusal(Why.TOO_MANY_QUEUES, "there are as many queues as work.queues allows");
            };
        }

        @Override
        public Optional<RuntimeException> refusal(Step<Queue> step, MemberView view) {
            return step instanceof QueueStep.Enter enter
                            && view.refused().contains(enter.request().id())
                    ? Optional.of(
                            new QueueRefusal(Why.QUEUE_FULL, "as many wait in this queue as work.queue-length allows"))
                    : Optional.empty();
        }

        @Override
        public void onAnswer(String queue, MemberView view) {
            if (!view.matches().isEmpty()) onMatches.accept(queue, view.matches());
        }
    }
}
