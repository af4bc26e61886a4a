// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.http.Header;
import io.holdfast.http.Headers;
import io.holdfast.testing.Wires;
import io.holdfast.work.queue.Queue;
import io.holdfast.work.queue.Queue.Match;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The wire form of the room's records: kept for ever, because members of two versions meet. */
class WorkWireTest {
    private static final Match MATCH = new Match(1, new Queue.Waiting("t", "m", 3, 4), new Queue.Idle("s", "m", true));
    private static final Note NOTE = Note.of(Note.Kind.WANT, "t", 1);

    /** One of each record that travels. */
    private static final List<Object> EXAMPLES = List.of(
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
                work.matched.v1: String queue, Compact match
                work.header.v1: String name, String value
                work.order.v1: String id, String queue, String method, String path, ArrayOfCompact headers, Boolean hasBody, \
                Int64 length, Int32 urgency
                work.note.v1: String kind, String talk, Int64 number, Int64 length, String text, ArrayOfCompact headers, \
                ArrayOfInt8 bytes, Compact order
                work.page.v1: String talk, Int64 number, ArrayOfCompact notes
                work.follow-up.v1: String kind, String lease, Int64 token, ArrayOfInt8 state""", Wires.described(WorkWire.part(), EXAMPLES));
    }
}
