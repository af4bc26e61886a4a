// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import java.util.List;

/**
 * What a member sees of a queue.
 *
 * @param tickets its own that wait, in order
 * @param slots its own idle workers
 * @param members all of which there is somebody
 */
record Seen(List<String> tickets, List<String> slots, List<String> members) {

    static Seen of(Queue queue, String member) {
        List<String> tickets = queue.tickets().stream()
                .filter(ticket -> ticket.member().equals(member))
                .map(Queue.Ticket::id)
                .toList();
        List<String> slots = queue.slots().stream()
                .filter(slot -> slot.member().equals(member))
                .map(Queue.Slot::id)
                .toList();
        return new Seen(tickets, slots, List.copyOf(queue.members()));
    }
}
