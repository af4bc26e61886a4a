// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.testing.Member;
import java.util.List;

/** Reads from the cluster's map which requests wait in the queue {@code default}, for tests of other rooms. */
public final class WaitingRequests {

    private WaitingRequests() {}

    /** The names of those that were entered by any member but that one, in order. */
    public static List<String> ofOthers(Member reader, String member) {
        Queue queue = reader.hazelcast().<String, Queue>getMap(WorkWire.QUEUES).get("default");
        return queue == null
                ? List.of()
                : queue.tickets().stream()
                        .filter(ticket -> !ticket.member().equals(member))
                        .map(Queue.Ticket::id)
                        .toList();
    }
}
