// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import io.holdfast.work.queue.Queue.Match;
import java.util.List;

/**
 * The part of a queue that concerns one member.
 *
 * @param matches of its requests and workers: all if the member looked, else the new ones
 * @param waiting its requests that wait, in order; none unless the member looked
 * @param idle its idle workers; none unless the member looked
 * @param members all members that a request or a worker belongs to; none unless the member looked
 */
public record MemberView(List<Match> matches, List<String> waiting, List<String> idle, List<String> members) {
    static final MemberView NOTHING = ofMatches(List.of());

    private static MemberView ofMatches(List<Match> matches) {
        return new MemberView(matches, List.of(), List.of(), List.of());
    }

    static MemberView matchesSince(long last, Queue queue, String member) {
        return ofMatches(queue.matches().stream()
                .filter(match -> match.token() > last && match.concerns(member))
                .toList());
    }

    static MemberView of(Queue queue, String member) {
        return new MemberView(
                queue.matches().stream().filter(match -> match.concerns(member)).toList(),
                queue.waiting().stream()
                        .filter(request -> request.member().equals(member))
                        .map(Queue.Waiting::id)
                        .toList(),
                queue.idle().stream()
                        .filter(worker -> worker.member().equals(member))
                        .map(Queue.Idle::id)
                        .toList(),
                List.copyOf(queue.members()));
    }
}
