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

/** The wire form of the room's records. The forms of stored records are kept for ever, because members of two versions meet. */
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
            new Camera.Keeping(),
            new Camera.Summary(),
            new Camera.LongAbsent(1, 2, true),
            new CameraStep.Look(),
            new CameraStep.Ask("m", 1),
            new CameraStep.StopAsking("m", 1),
            new CameraStep.StartPoll("m", 1, true, 2),
            new CameraStep.TellPoll("p", 1),
            new CameraStep.UndoTell("p"),
            new CameraStep.EndPoll("p"),
            new CameraStep.Deliver(),
            new CameraStep.KeepDump(new Dump("d", 1, 2, 3, 4)),
            new CameraStep.AddCommand("c", DATA, 1),
            new CameraStep.Reply("c", DATA),
            new CameraStep.WithdrawCommand("c"),
            new CameraStep.RemoveCommand("c"));

    /** If this fails, old members cannot be read any more: add a new field or type instead. */
    @Test
    void theNamesOfFormsAndFieldsStay() {
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
                camera.keeping.v1:\s
                camera.summary.v1:\s
                camera.long-absent.v2: Int64 now, Int64 keep, Boolean places
                camera.look.v1:\s
                camera.ask.v1: String member, Int64 until
                camera.stop-asking.v1: String member, Int64 question
                camera.start-poll.v1: String member, Int64 count, Boolean commands, Int64 until
                camera.tell-poll.v1: String poll, Int64 again
                camera.undo-tell.v1: String poll
                camera.end-poll.v1: String poll
                camera.deliver.v1:\s
                camera.keep-dump.v1: Compact dump
                camera.add-command.v1: String id, ArrayOfInt8 body, Int64 until
                camera.reply.v1: String id, ArrayOfInt8 reply
                camera.withdraw-command.v1: String id
                camera.remove-command.v1: String id""", Wires.described(CameraWire.part(), EXAMPLES));
    }

    @Test
    void theNamesOfMapsAndTheirMergePoliciesStay() {
        assertEquals(
                Map.of(
                        "holdfast.cameras", "io.holdfast.cluster.JoinPolicy",
                        "holdfast.camera-dumps", "com.hazelcast.spi.merge.PutIfAbsentMergePolicy",
                        "holdfast.cameras-wanted", "com.hazelcast.spi.merge.PutIfAbsentMergePolicy"),
                CameraWire.part().maps());
        assertEquals(Set.of("holdfast.camera-dumps"), CameraWire.part().blobs());
    }
}
