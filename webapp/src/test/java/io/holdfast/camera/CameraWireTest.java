// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.Wires;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The wire form of the room's records: kept for ever, because members of two versions meet. */
class CameraWireTest {
    private static final byte[] DATA = {1};

    /** One of each record that travels. */
    private static final List<Object> EXAMPLES = List.of(
            Camera.UNKNOWN,
            new Dump("d", 1, 2, 3, 4),
            new Camera.Poll("m", 1, 2, true, 3, 4, "f"),
            new Camera.Asker("m", 1, 2),
            new Camera.Command("c", DATA, 1, "p", DATA),
            new Camera.Done(new UUID(1, 2), 3, 4),
            Step.looked(),
            new Turn(new UUID(1, 2), 3, 4, 5, true, List.of()),
            new Turned(true, Camera.UNKNOWN),
            new Glance(),
            new Forget(1, 2),
            new Forget.Due(1, 2));

    /** If this fails, old members cannot be read any more: give what is new a new field or type instead. */
    @Test
    void theNamesOfTypesAndFieldsAreWhatTheyHaveAlwaysBeen() {
        assertEquals("""
                camera.camera.v1: Int64 asked, Int64 told, Int64 toldAt, String teller, Boolean update, Int64 answered, \
                Compact dump, Compact former, Int64 polls, Compact poll, Int64 since, Int64 seen, \
                ArrayOfCompact askers, ArrayOfCompact commands, ArrayOfCompact done
                camera.dump.v1: String id, Int64 answers, Int32 bytes, Int32 pieces, Int64 time
                camera.poll.v1: String member, Int64 count, Int64 number, Boolean commands, Int64 since, Int64 until, \
                String former
                camera.asker.v1: String member, Int64 question, Int64 until
                camera.command.v1: String id, ArrayOfInt8 body, Int64 until, String poll, ArrayOfInt8 reply
                camera.done.v1: Int64 most, Int64 least, Int64 number, Int64 time
                camera.step.v1: String kind, String name, Int64 number, Int64 until, Boolean commands, \
                ArrayOfInt8 data, Compact dump
                camera.turn.v1: Int64 most, Int64 least, Int64 number, Int64 now, Int64 again, Boolean mayCreate, \
                ArrayOfCompact steps
                camera.turned.v1: Boolean room, Compact camera
                camera.glance.v1:\s
                camera.forget.v1: Int64 now, Int64 keep
                camera.due.v1: Int64 now, Int64 keep""", Wires.described(CameraWire.part(), EXAMPLES));
    }

    @Test
    void theNamesOfMapsAndOfWhatMergesThemAreWhatTheyHaveAlwaysBeen() {
        assertEquals(
                Map.of(
                        "holdfast.cameras", "io.holdfast.camera.CameraMerge",
                        "holdfast.camera-dumps", "com.hazelcast.spi.merge.PutIfAbsentMergePolicy",
                        "holdfast.cameras-wanted", "com.hazelcast.spi.merge.PutIfAbsentMergePolicy"),
                CameraWire.part().maps());
        assertEquals(Set.of("holdfast.camera-dumps"), CameraWire.part().blobs());
    }
}
