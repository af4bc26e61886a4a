// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.RecordSerializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The wire form of this room's records. Field and type names are kept for ever; what is new gets a new field or type. */
final class CounterWire {
    static final String MAP = "holdfast.counters";

    private CounterWire() {}

    static ClusterPart part() {
        return new ClusterPart(
                List.of(new OfTally(), new OfAddToTally(), new OfPeekTally(), new OfAdded()),
                Map.of(MAP, TallyMerge.class.getName()));
    }

    /** A tally is written column by column: one array for each field of its parts. */
    private static final class OfTally extends RecordSerializer<Tally> {
        private static final String[] COLUMNS = {"most", "least", "sum", "batch", "applied", "result", "touched"};

        OfTally() {
            super("counter.tally.v1", Tally.class);
        }

        @Override
        public Tally read(CompactReader in) {
            long[][] columns = new long[COLUMNS.length][];
            for (int i = 0; i < COLUMNS.length; i++) columns[i] = longsOrEmpty(in, COLUMNS[i]);
            List<Tally.Part> parts = new ArrayList<>();
            for (int i = 0; i < columns[0].length; i++)
                parts.add(new Tally.Part(
                        new UUID(columns[0][i], columns[1][i]),
                        columns[2][i],
                        columns[3][i],
                        columns[4][i],
                        columns[5][i],
                        columns[6][i]));
            return new Tally(in.readInt64("base"), in.readInt64("foldedBefore"), parts, in.readInt64("lift"));
        }

        @Override
        public void write(CompactWriter out, Tally tally) {
            List<Tally.Part> parts = tally.parts();
            long[][] columns = new long[COLUMNS.length][parts.size()];
            for (int i = 0; i < parts.size(); i++) {
                Tally.Part part = parts.get(i);
                columns[0][i] = part.origin().getMostSignificantBits();
                columns[1][i] = part.origin().getLeastSignificantBits();
                columns[2][i] = part.sum();
                columns[3][i] = part.batch();
                columns[4][i] = part.applied();
                columns[5][i] = part.result();
                columns[6][i] = part.touched();
            }
            for (int i = 0; i < COLUMNS.length; i++) out.writeArrayOfInt64(COLUMNS[i], columns[i]);
            out.writeInt64("base", tally.base());
            out.writeInt64("foldedBefore", tally.foldedBefore());
            out.writeInt64("lift", tally.lift());
        }
    }

    private static final class OfAddToTally extends RecordSerializer<AddToTally> {
        OfAddToTally() {
            super("counter.add.v1", AddToTally.class);
        }

        @Override
        public AddToTally read(CompactReader in) {
            return new AddToTally(
                    new UUID(in.readInt64("most"), in.readInt64("least")),
                    in.readInt64("known"),
                    in.readInt64("knownAt"),
                    in.readInt64("shown"),
                    in.readInt64("batch"),
                    in.readInt64("increments"),
                    in.readInt64("now"),
                    in.readBoolean("mayCreate"));
        }

        @Override
        public void write(CompactWriter out, AddToTally command) {
            out.writeInt64("most", command.origin().getMostSignificantBits());
            out.writeInt64("least", command.origin().getLeastSignificantBits());
            out.writeInt64("known", command.known());
            out.writeInt64("knownAt", command.knownAt());
            out.writeInt64("shown", command.shown());
            out.writeInt64("batch", command.batch());
            out.writeInt64("increments", command.increments());
            out.writeInt64("now", command.now());
            out.writeBoolean("mayCreate", command.mayCreate());
        }
    }

    private static final class OfPeekTally extends RecordSerializer<PeekTally> {
        OfPeekTally() {
            super("counter.peek.v1", PeekTally.class);
        }

        @Override
        public PeekTally read(CompactReader in) {
            return new PeekTally();
        }

        @Override
        public void write(CompactWriter out, PeekTally command) {
            // It has no fields.
        }
    }

    private static final class OfAdded extends RecordSerializer<Added> {
        OfAdded() {
            super("counter.added.v1", Added.class);
        }

        @Override
        public Added read(CompactReader in) {
            return new Added(in.readInt64("value"), in.readInt64("applied"), in.readInt64("mine"));
        }

        @Override
        public void write(CompactWriter out, Added added) {
            out.writeInt64("value", added.value());
            out.writeInt64("applied", added.applied());
            out.writeInt64("mine", added.mine());
        }
    }
}
