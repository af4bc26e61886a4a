// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import com.hazelcast.spi.merge.PutIfAbsentMergePolicy;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.RecordSerializer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The wire form of this room's records. Field and type names are kept for ever; what is new gets a new field or type. */
final class CameraWire {
    static final String MAP = "holdfast.cameras", DUMPS = "holdfast.camera-dumps", WANTED = "holdfast.cameras-wanted";

    private CameraWire() {}

    static ClusterPart part() {
        return new ClusterPart(
                List.of(
                        new OfCamera(),
                        new OfDump(),
                        new OfPoll(),
                        new OfAsker(),
                        new OfCommand(),
                        new OfDone(),
                        new OfStep(),
                        new OfTurn(),
                        new OfTurned(),
                        new OfGlance(),
                        new OfForget(),
                        new OfDue()),
                Map.of(
                        MAP,
                        CameraMerge.class.getName(),
                        DUMPS,
                        PutIfAbsentMergePolicy.class.getName(),
                        WANTED,
                        PutIfAbsentMergePolicy.class.getName()),
                Set.of(DUMPS));
    }

    private static final class OfCamera extends RecordSerializer<Camera> {
        OfCamera() {
            super("camera.camera.v1", Camera.class);
        }

        @Override
        public Camera read(CompactReader in) {
            return new Camera(
                    in.readInt64("asked"),
                    in.readInt64("told"),
                    in.readInt64("toldAt"),
                    text(in, "teller"),
                    in.readBoolean("update"),
                    in.readInt64("answered"),
                    in.readCompact("dump"),
                    in.readCompact("former"),
                    in.readInt64("polls"),
                    in.readCompact("poll"),
                    in.readInt64("since"),
                    in.readInt64("seen"),
                    list(in, "askers", Camera.Asker.class),
                    list(in, "commands", Camera.Command.class),
                    list(in, "done", Camera.Done.class));
        }

        @Override
        public void write(CompactWriter out, Camera camera) {
            out.writeInt64("asked", camera.asked());
            out.writeInt64("told", camera.told());
            out.writeInt64("toldAt", camera.toldAt());
            out.writeString("teller", camera.teller());
            out.writeBoolean("update", camera.update());
            out.writeInt64("answered", camera.answered());
            out.writeCompact("dump", camera.dump());
            out.writeCompact("former", camera.former());
            out.writeInt64("polls", camera.polls());
            out.writeCompact("poll", camera.poll());
            out.writeInt64("since", camera.since());
            out.writeInt64("seen", camera.seen());
            list(out, "askers", Camera.Asker.class, camera.askers());
            list(out, "commands", Camera.Command.class, camera.commands());
            list(out, "done", Camera.Done.class, camera.done());
        }
    }

    private static final class OfDump extends RecordSerializer<Dump> {
        OfDump() {
            super("camera.dump.v1", Dump.class);
        }

        @Override
        public Dump read(CompactReader in) {
            return new Dump(
                    text(in, "id"),
                    in.readInt64("answers"),
                    in.readInt32("bytes"),
                    in.readInt32("pieces"),
                    in.readInt64("time"));
        }

        @Override
        public void write(CompactWriter out, Dump dump) {
            out.writeString("id", dump.id());
            out.writeInt64("answers", dump.answers());
            out.writeInt32("bytes", dump.bytes());
            out.writeInt32("pieces", dump.pieces());
            out.writeInt64("time", dump.time());
        }
    }

    private static final class OfPoll extends RecordSerializer<Camera.Poll> {
        OfPoll() {
            super("camera.poll.v1", Camera.Poll.class);
        }

        @Override
        public Camera.Poll read(CompactReader in) {
            return new Camera.Poll(
                    text(in, "member"),
                    in.readInt64("count"),
                    in.readInt64("number"),
                    in.readBoolean("commands"),
                    in.readInt64("since"),
                    in.readInt64("until"),
                    text(in, "former"));
        }

        @Override
        public void write(CompactWriter out, Camera.Poll poll) {
            out.writeString("member", poll.member());
            out.writeInt64("count", poll.count());
            out.writeInt64("number", poll.number());
            out.writeBoolean("commands", poll.commands());
            out.writeInt64("since", poll.since());
            out.writeInt64("until", poll.until());
            out.writeString("former", poll.former());
        }
    }

    private static final class OfAsker extends RecordSerializer<Camera.Asker> {
        OfAsker() {
            super("camera.asker.v1", Camera.Asker.class);
        }

        @Override
        public Camera.Asker read(CompactReader in) {
            return new Camera.Asker(text(in, "member"), in.readInt64("question"), in.readInt64("until"));
        }

        @Override
        public void write(CompactWriter out, Camera.Asker asker) {
            out.writeString("member", asker.member());
            out.writeInt64("question", asker.question());
            out.writeInt64("until", asker.until());
        }
    }

    private static final class OfCommand extends RecordSerializer<Camera.Command> {
        OfCommand() {
            super("camera.command.v1", Camera.Command.class);
        }

        @Override
        public Camera.Command read(CompactReader in) {
            return new Camera.Command(
                    text(in, "id"),
                    bytes(in, "body"),
                    in.readInt64("until"),
                    text(in, "poll"),
                    in.readArrayOfInt8("reply"));
        }

        @Override
        public void write(CompactWriter out, Camera.Command command) {
            out.writeString("id", command.id());
            out.writeArrayOfInt8("body", command.body());
            out.writeInt64("until", command.until());
            out.writeString("poll", command.poll());
            out.writeArrayOfInt8("reply", command.reply());
        }
    }

    private static final class OfDone extends RecordSerializer<Camera.Done> {
        OfDone() {
            super("camera.done.v1", Camera.Done.class);
        }

        @Override
        public Camera.Done read(CompactReader in) {
            return new Camera.Done(
                    new UUID(in.readInt64("most"), in.readInt64("least")),
                    in.readInt64("number"),
                    in.readInt64("time"));
        }

        @Override
        public void write(CompactWriter out, Camera.Done done) {
            out.writeInt64("most", done.origin().getMostSignificantBits());
            out.writeInt64("least", done.origin().getLeastSignificantBits());
            out.writeInt64("number", done.number());
            out.writeInt64("time", done.time());
        }
    }

    private static final class OfStep extends RecordSerializer<Step> {
        OfStep() {
            super("camera.step.v1", Step.class);
        }

        @Override
        public Step read(CompactReader in) {
            return new Step(
                    Step.Kind.valueOf(text(in, "kind")),
                    text(in, "name"),
                    in.readInt64("number"),
                    in.readInt64("until"),
                    in.readBoolean("commands"),
                    bytes(in, "data"),
                    in.readCompact("dump"));
        }

        @Override
        public void write(CompactWriter out, Step step) {
            out.writeString("kind", step.kind().name());
            out.writeString("name", step.name());
            out.writeInt64("number", step.number());
            out.writeInt64("until", step.until());
            out.writeBoolean("commands", step.commands());
            out.writeArrayOfInt8("data", step.data());
            out.writeCompact("dump", step.dump());
        }
    }

    private static final class OfTurn extends RecordSerializer<Turn> {
        OfTurn() {
            super("camera.turn.v1", Turn.class);
        }

        @Override
        public Turn read(CompactReader in) {
            return new Turn(
                    new UUID(in.readInt64("most"), in.readInt64("least")),
                    in.readInt64("number"),
                    in.readInt64("now"),
                    in.readInt64("again"),
                    in.readBoolean("mayCreate"),
                    list(in, "steps", Step.class));
        }

        @Override
        public void write(CompactWriter out, Turn turn) {
            out.writeInt64("most", turn.origin().getMostSignificantBits());
            out.writeInt64("least", turn.origin().getLeastSignificantBits());
            out.writeInt64("number", turn.number());
            out.writeInt64("now", turn.now());
            out.writeInt64("again", turn.again());
            out.writeBoolean("mayCreate", turn.mayCreate());
            list(out, "steps", Step.class, turn.steps());
        }
    }

    private static final class OfTurned extends RecordSerializer<Turned> {
        OfTurned() {
            super("camera.turned.v1", Turned.class);
        }

        @Override
        public Turned read(CompactReader in) {
            return new Turned(in.readBoolean("room"), some(in.<Camera>readCompact("camera")));
        }

        @Override
        public void write(CompactWriter out, Turned turned) {
            out.writeBoolean("room", turned.room());
            out.writeCompact("camera", turned.camera());
        }
    }

    private static final class OfGlance extends RecordSerializer<Glance> {
        OfGlance() {
            super("camera.glance.v1", Glance.class);
        }

        @Override
        public Glance read(CompactReader in) {
            return new Glance();
        }

        @Override
        public void write(CompactWriter out, Glance command) {
            // It has no fields.
        }
    }

    private static final class OfForget extends RecordSerializer<Forget> {
        OfForget() {
            super("camera.forget.v1", Forget.class);
        }

        @Override
        public Forget read(CompactReader in) {
            return new Forget(in.readInt64("now"), in.readInt64("keep"));
        }

        @Override
        public void write(CompactWriter out, Forget command) {
            out.writeInt64("now", command.now());
            out.writeInt64("keep", command.keep());
        }
    }

    private static final class OfDue extends RecordSerializer<Forget.Due> {
        OfDue() {
            super("camera.due.v1", Forget.Due.class);
        }

        @Override
        public Forget.Due read(CompactReader in) {
            return new Forget.Due(in.readInt64("now"), in.readInt64("keep"));
        }

        @Override
        public void write(CompactWriter out, Forget.Due due) {
            out.writeInt64("now", due.now());
            out.writeInt64("keep", due.keep());
        }
    }
}
