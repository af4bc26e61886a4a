// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import io.holdfast.cluster.Step;
import io.holdfast.work.queue.Queue.Match;
import java.util.List;

/**
 * The part of a queue that concerns one member.
 *
 * @param matches of its requests and workers: all if the member looked, else the new ones
 * @param refused its requests for which there was no room
 * @param waiting its requests that wait, in order; none unless the member looked
 * @param idle its idle workers; none unless the member looked
 * @param members all members that a request or a worker belongs to; none unless the member looked
 */
public record MemberView(
        List<Match> matches, List<String> refused, List<String> waiting, List<String> idle, List<String> members) {

    /** Shows what these steps of the member have led to. */
    static MemberView of(String member, Queue before, Queue after, List<Step<Queue>> steps) {
        boolean looks = steps.stream().anyMatch(QueueStep.Look.class::isInstance);
        long known = looks ? 0 : before.last();
        return new MemberView(
                after.matches().stream()
                        .filter(match -> match.token() > known && match.concerns(member))
                        .toList(),
                refused(after, steps),
                !looks
                        ? List.of()
                        : after.waiting().stream()
                                .filter(request -> request.member().equals(member))
                                .map(Queue.Waiting::id)
                                .toList(),
                !looks
                        ? List.of()
                        : after.idle().stream()
                                .filter(worker -> worker.member().equals(member))
                                .map(Queue.Idle::id)
                                .toList(),
                looks ? List.copyOf(after.members()) : List.of());
    }

    /** The requests that should wait and are unknown to the queue. */
    private static List<String> refused(Queue after, List<Step<Queue>> steps) {
        return steps.stream()
                .filter(step -> step instanceof QueueStep.Enter enter && enter.isNew())
                .map(step -> ((QueueStep.Enter) step).request().id())
                .filter(request -> !after.knows(request))
                .toList();
    }
}
