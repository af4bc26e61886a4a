// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.cluster.ClusterPart;
import io.holdfast.http.Header;
import io.holdfast.http.Headers;
import io.holdfast.testing.Wires;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The wire form of the room's records: kept for ever, because members of two versions meet. */
class WorkWireTest {
    private static final Queue.Ticket TICKET = new Queue.Ticket("t", "m", 3, 4);
    private static final Queue.Slot SLOT = new Queue.Slot("s", "m", true);
    private static final Queue.Match MATCH = new Queue.Match(1, TICKET, SLOT);
    private static final Note NOTE = Note.of(Note.Kind.WANT, "t", 1);

    /** One of each record that travels. */
    private static final List<Object> EXAMPLES = List.of(
            Queue.EMPTY,
            new QueuePlace(1, 2),
            new Ahead("t"),
            TICKET,
            SLOT,
            MATCH,
            new Queue.Done(new UUID(1, 2), 3, 4),
            Step.looked(),
            new Turn(new UUID(1, 2), 3, "m", 4, 5, true, List.of()),
            new Turned(true, List.of("t"), List.of(MATCH), null),
            new Seen(List.of("t"), List.of("s"), List.of("m")),
            new Forget(1),
            new Forget.Due(1),
            new Matched("q", MATCH),
            new Header("n", "v"),
            new Order("t", "q", "GET", "/", Headers.NONE, false, 0, 3),
            NOTE,
            new Note.Page("t", 1, List.of(NOTE)),
            new FollowUp(FollowUp.Kind.ACK, "t", 1, new byte[] {1}));

    /** If this fails, old members cannot be read any more: give what is new a new field or type instead. */
    @Test
    void theNamesOfTypesAndFieldsAreWhatTheyHaveAlwaysBeen() {
        assertEquals("""
                work.queue.v1: Int64 last, ArrayOfCompact tickets, ArrayOfCompact slots, ArrayOfCompact matches, \
                ArrayOfCompact done, Int64 since, Int64 interval
                work.place.v1: Int32 before, Int64 millis
                work.ahead.v1: String ticket
                work.ticket.v1: String id, String member, Int32 urgency, Int64 number
                work.slot.v1: String id, String member, Boolean leases
                work.match.v1: Int64 token, Compact ticket, Compact slot
                work.done.v1: Int64 originHigh, Int64 originLow, Int64 number, Int64 time
                work.step.v1: String kind, String name, String member, Int32 urgency, Int64 number
                work.turn.v1: Int64 originHigh, Int64 originLow, Int64 number, String member, Int64 now, Int32 most, \
                Boolean mayCreate, ArrayOfCompact steps
                work.turned.v1: Boolean room, ArrayOfString refused, ArrayOfCompact matches, Compact seen
                work.seen.v1: ArrayOfString tickets, ArrayOfString slots, ArrayOfString members
                work.forget.v1: Int64 now
                work.due.v1: Int64 now
                work.matched.v1: String queue, Compact match
                work.header.v1: String name, String value
                work.order.v1: String id, String queue, String method, String path, ArrayOfCompact headers, Boolean hasBody, \
                Int64 length, Int32 urgency
                work.note.v1: String kind, String talk, Int64 number, Int64 length, String text, ArrayOfCompact headers, \
                ArrayOfInt8 bytes, Compact order
                work.page.v1: String talk, Int64 number, ArrayOfCompact notes
                work.follow-up.v1: String kind, String lease, Int64 token, ArrayOfInt8 state""", Wires.described(new ClusterPart(WorkWire.SERIALIZERS, WorkWire.MAPS), EXAMPLES));
    }

    @Test
    void theNamesOfMapsAndOfWhatMergesThemAreWhatTheyHaveAlwaysBeen() {
        assertEquals(Map.of("holdfast.queues", "io.holdfast.work.QueueMerge"), WorkWire.MAPS);
    }
}
