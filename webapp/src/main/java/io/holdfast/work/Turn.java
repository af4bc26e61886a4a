// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import com.hazelcast.map.EntryProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Steps of a queue from one member, applied once however often they are sent; then whoever waits is given an idle worker. It runs on the
 * backups too, so what it answers is there.
 *
 * @param origin who sends it
 * @param number its number, growing by origin
 * @param member how that is called among members
 * @param now the time, in epoch milliseconds
 * @param most how many may wait in it
 * @param mayCreate whether the queue may be new
 * @param steps in order
 */
@SuppressWarnings("serial") // goes over the wire by its compact serializer
record Turn(UUID origin, long number, String member, long now, int most, boolean mayCreate, List<Step> steps)
        implements EntryProcessor<String, Queue, Turned> {

    @Override
    @SuppressWarnings("ReferenceEquality") // a step that changes nothing returns the same queue
    public Turned process(Entry<String, @Nullable Queue> entry) {
        Queue before = entry.getValue() == null ? Queue.EMPTY : entry.getValue();
        if (before.hasDone(origin, number)) return answer(before, unknown(before), 0);
        if (entry.getValue() == null && !mayCreate) return new Turned(false, List.of(), List.of(), null);
        List<String> refused = new ArrayList<>();
        Queue after = before;
        for (Step step : steps)
            if (step.enters() && after.tickets().size() >= most) refused.add(step.name());
            else after = step.applyTo(after, now);
        after = after.matched(now);
        if (after != before) {
            after = after.done(origin, number, now);
            entry.setValue(after);
        }
        return answer(after, refused, before.last());
    }

    /** A turn that is repeated does not say any more whom it refused: those who did not get in. */
    private List<String> unknown(Queue queue) {
        return steps.stream()
                .filter(Step::enters)
                .map(Step::name)
                .filter(ticket -> !queue.knowsTicket(ticket))
                .toList();
    }

    /** What is new in it for the one who asks; all of it, if it looks, or may have been told before. */
    private Turned answer(Queue queue, List<String> refused, long last) {
        boolean looks = steps.stream().anyMatch(step -> step.kind() == Step.Kind.LOOKED);
        long since = looks ? 0 : last;
        return new Turned(
                true,
                refused,
                queue.matches().stream()
                        .filter(match -> match.token() > since)
                        .filter(match -> match.ticket().member().equals(member)
                                || match.slot().member().equals(member))
                        .toList(),
                looks ? Seen.of(queue, member) : null);
    }
}
