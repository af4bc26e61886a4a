// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.cluster.Records.Condition;
import io.holdfast.cluster.Records.Preview;
import io.holdfast.cluster.limit.Allowance;
import io.holdfast.cluster.limit.Limit;
import io.holdfast.testing.Wires;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The wire form of what goes between members for all rooms. */
class ClusterWireTest {
    private record Looks() implements Preview<String, String>, Condition<String> {

        @Override
        public String of(String stored) {
            return stored;
        }

        @Override
        public boolean matches(String stored) {
            return true;
        }
    }

    private static final List<Object> EXAMPLES = List.of(
            new Signals.Signal("r", "n", new byte[0], 1),
            new Messenger.Message("s", "r", "content"),
            new RecordWire.Wrapped<>(new Looks()),
            new Turn<>(new UUID(1, 2), 3, 4, true, new TurnTest.Keeping(), List.of()),
            new Turn.Outcome<>(false, new Looks()),
            new Records.Previewing<>(new Looks()),
            new Records.Matching<>(new Looks()),
            new Records.Removing<>(new Looks()),
            new Records.Weighing<String>(String::length, 1),
            Allowance.ANY,
            new Pieces.Put(new byte[0], 1, 2, true),
            new Pieces.Drop(),
            new Limit("m", 1, 2).over(new Pieces.Put(new byte[0], 1, 2, true)));

    @Test
    void theNamesOfTypesAndFieldsAreKnown() {
        assertEquals("""
                signal.v1: String room, String name, ArrayOfInt8 state, Int64 question
                message.v1: String sender, String room, Compact content
                wrapped.v1: Compact item
                turn.v1: Int64 most, Int64 least, Int64 number, Int64 now, Boolean mayCreate, Compact rules, \
                ArrayOfCompact steps
                outcome.v1: Boolean full, Compact answer
                preview.v1: Compact preview
                matching.v1: Compact condition
                removing.v1: Compact condition
                weighing.v1: Compact weight, Int64 scan
                allowance.v1: Boolean create, Int64 open, Int64 all, Int64 large
                put.v2: ArrayOfInt8 bytes, Int64 keepMillis, Int32 share, Boolean mayStore
                drop.v1:\s
                limited.v1: String map, Int64 names, Int64 bytes, Compact command""", Wires.described(ClusterWire.part(), EXAMPLES));
    }
}
