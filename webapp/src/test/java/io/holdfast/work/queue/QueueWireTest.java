// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.Wires;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The wire form of the room's records: kept for ever, because members of two versions meet. */
class QueueWireTest {
    private static final Queue.Waiting REQUEST = new Queue.Waiting("t", "m", 3, 4);
    private static final Queue.Idle WORKER = new Queue.Idle("s", "m", true);
    private static final Queue.Match MATCH = new Queue.Match(1, REQUEST, WORKER);

    /** One of each record that travels. */
    private static final List<Object> EXAMPLES = List.of(
            Queue.EMPTY,
            REQUEST,
            WORKER,
            MATCH,
            new Queue.Done(new UUID(1, 2), 3, 4),
            new Queue.Keeping("m"),
            new MemberView(List.of(MATCH), List.of("t"), List.of("t"), List.of("s"), List.of("m")),
            new QueuePlace.Of("t"),
            new QueuePlace(1, 2),
            new Queue.LongEmpty(1, 2),
            new QueueStep.Look(),
            new QueueStep.Enter(REQUEST, 5, true),
            new QueueStep.Withdraw("t"),
            new QueueStep.Offer(WORKER),
            new QueueStep.Leave("s"),
            new QueueStep.Settle(1),
            new QueueStep.Free(1),
            new QueueStep.Lose("m"));

    /** If this fails, members cannot read the records that others have stored: add a new field or type instead. */
    @Test
    void theNamesOfStoredTypesAndFieldsAreKept() {
        assertEquals("""
                work.queue.v1: Int64 last, ArrayOfCompact tickets, ArrayOfCompact slots, ArrayOfCompact matches, \
                ArrayOfCompact done, Int64 since, Int64 interval
                work.ticket.v1: String id, String member, Int32 urgency, Int64 number
                work.slot.v1: String id, String member, Boolean leases
                work.match.v1: Int64 token, Compact ticket, Compact slot
                work.done.v1: Int64 originHigh, Int64 originLow, Int64 number, Int64 time""", wire(0, 5));
    }

    /** If this fails, members of two versions cannot communicate: add a new type instead. */
    @Test
    void theNamesOfCommandsAreKnown() {
        assertEquals("""
                work.queue.keeping.v1: String member
                work.queue.view.v1: ArrayOfCompact matches, ArrayOfString refused, ArrayOfString waiting, \
                ArrayOfString idle, ArrayOfString members
                work.queue.place-of.v1: String request
                work.place.v1: Int32 before, Int64 millis
                work.queue.long-empty.v2: Int64 now, Int64 repeats
                work.queue.look.v1:\s
                work.queue.enter.v2: Compact request, Int32 room, Boolean favoured
                work.queue.withdraw.v1: String request
                work.queue.offer.v1: Compact worker
                work.queue.leave.v1: String worker
                work.queue.settle.v1: Int64 token
                work.queue.free.v1: Int64 token
                work.queue.lose.v1: String member""", wire(5, EXAMPLES.size()));
    }

    private static String wire(int from, int to) {
        return String.join(
                "\n",
                Wires.described(QueueWire.part(), EXAMPLES).lines().toList().subList(from, to));
    }

    @Test
    void theNamesOfMapsAndMergePoliciesAreKept() {
        assertEquals(
                Map.of("holdfast.queues", "io.holdfast.cluster.JoinPolicy"),
                QueueWire.part().maps());
    }
}
