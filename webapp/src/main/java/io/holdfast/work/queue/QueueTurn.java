// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import com.hazelcast.map.EntryProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Steps of a queue from one member. They are applied once, however often they are sent; then waiting requests are matched with idle
 * workers. The turn runs on the backups too, so its answer is stored there.
 *
 * @param origin the member that sends it
 * @param number its number; it grows with each turn of its origin
 * @param member the name of the origin among the members
 * @param now the time, in epoch milliseconds
 * @param length how many requests may wait in the queue
 * @param mayCreate whether the queue may be new
 * @param steps in order
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record QueueTurn(
        UUID origin, long number, String member, long now, int length, boolean mayCreate, List<QueueStep> steps)
        implements EntryProcessor<String, Queue, QueueTurn.Answer> {

    /**
     * The answer of a turn.
     *
     * @param room whether there was room for the queue
     * @param refused the requests for which there was no room in the queue
     * @param view the part of the queue that concerns the member
     */
    record Answer(boolean room, List<String> refused, MemberView view) {}

    @Override
    @SuppressWarnings("ReferenceEquality") // a step that changes nothing returns the same queue
    public Answer process(Entry<String, @Nullable Queue> entry) {
        Queue before = entry.getValue() == null ? Queue.EMPTY : entry.getValue();
        if (before.hasDone(origin, number)) return answer(before, unknown(before), 0);
        if (entry.getValue() == null && !mayCreate) return new Answer(false, List.of(), MemberView.NOTHING);
        List<String> refused = new ArrayList<>();
        Queue after = before;
        for (QueueStep step : steps)
            if (after.waiting().size() >= length && step instanceof QueueStep.Enter enter && enter.isNew())
                refused.add(enter.request().id());
            else after = step.apply(after, now);
        after = after.matched(now);
        if (after != before) {
            after = after.done(origin, number, now);
            entry.setValue(after);
        }
        return answer(after, refused, before.last());
    }

    /** A repeated turn does not know any more which requests it refused: those that the queue does not know. */
    private List<String> unknown(Queue queue) {
        return steps.stream()
                .filter(step -> step instanceof QueueStep.Enter enter && enter.isNew())
                .map(step -> ((QueueStep.Enter) step).request().id())
                .filter(request -> !queue.knows(request))
                .toList();
    }

    /** Shows the matches that are new since then; everything, if the member looks. */
    private Answer answer(Queue queue, List<String> refused, long last) {
        boolean looks = steps.stream().anyMatch(QueueStep.Look.class::isInstance);
        return new Answer(
                true, refused, looks ? MemberView.of(queue, member) : MemberView.matchesSince(last, queue, member));
    }
}
