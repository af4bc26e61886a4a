// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.Wires;
import io.holdfast.work.queue.Queue;
import io.holdfast.work.queue.Queue.Match;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The wire form of the room's records: kept for ever, because members of two versions meet. */
class WorkWireTest {
    private static final Match MATCH = new Match(1, new Queue.Waiting("t", "m", 3, 4), new Queue.Idle("s", "m", true));

    /** One of each record that travels. */
    private static final List<Object> EXAMPLES =
            List.of(new Matchmaker.Matched("q", MATCH), new FollowUp(FollowUp.Kind.ACK, "t", "1-s", new byte[] {1}));

    /** If this fails, old members cannot be read any more: add a new field or type instead. */
    @Test
    void theNamesOfTypesAndFieldsAreWhatTheyHaveAlwaysBeen() {
        assertEquals("""
                work.matched.v1: String queue, Compact match
                work.follow-up.v2: String kind, String lease, String token, ArrayOfInt8 state""", Wires.described(WorkWire.part(), EXAMPLES));
    }
}
