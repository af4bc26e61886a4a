// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import java.util.ArrayList;
import java.util.List;

/**
 * What a member sees of a queue.
 *
 * @param tickets its own that wait, in order
 * @param before how many wait before each of them
 * @param slots its own idle workers
 * @param members all of which there is somebody
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Seen(List<String> tickets, int[] before, List<String> slots, List<String> members) {

    static Seen of(Queue queue, String member) {
        List<String> tickets = new ArrayList<>();
        int[] before = new int[queue.tickets().size()];
        for (int i = 0; i < queue.tickets().size(); i++)
            if (queue.tickets().get(i).member().equals(member)) {
                before[tickets.size()] = i;
                tickets.add(queue.tickets().get(i).id());
            }
        List<String> slots = queue.slots().stream()
                .filter(slot -> slot.member().equals(member))
                .map(Queue.Slot::id)
                .toList();
        return new Seen(tickets, java.util.Arrays.copyOf(before, tickets.size()), slots, List.copyOf(queue.members()));
    }
}
