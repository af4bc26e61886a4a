// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.JoinPolicy;
import io.holdfast.cluster.RecordSerializer;
import io.holdfast.cluster.RecordWire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The wire form of this room's records. The names of forms that are stored are kept for ever, as are those of their fields. */
final class CounterWire {
    static final String MAP = "holdfast.counters";

    private CounterWire() {}

    static ClusterPart part() {
        return new ClusterPart(
                List.of(
                        new OfTally(),
                        RecordWire.of("counter.add.v3", AddToTally.class),
                        RecordWire.of("counter.end.v1", EndTally.class),
                        RecordWire.of("counter.known.v2", Known.class),
                        RecordWire.of("counter.life.v1", Life.class),
                        RecordWire.of("counter.value.v2", Tally.Value.class),
                        RecordWire.of("counter.reading.v1", Reading.class),
                        RecordWire.of("counter.removed.v1", Tally.Removed.class),
                        RecordWire.of("counter.idle.v1", Tally.Idle.class),
                        RecordWire.of("counter.added.v2", Added.class),
                        RecordWire.of("counter.page.v1", CounterPage.class),
                        RecordWire.of("counter.wanted.v1", CounterPage.Wanted.class),
                        RecordWire.of("counter.row.v1", CounterPage.Row.class)),
                Map.of(MAP, JoinPolicy.class.getName()));
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
            for (int i = 0; i < COLUMNS.length; i++) columns[i] = some(in.readArrayOfInt64(COLUMNS[i]));
            List<Tally.Part> parts = new ArrayList<>();
            for (int i = 0; i < columns[0].length; i++)
                parts.add(new Tally.Part(
                        new UUID(columns[0][i], columns[1][i]),
                        columns[2][i],
                        columns[3][i],
                        columns[4][i],
                        columns[5][i],
                        columns[6][i]));
            return new Tally(in.readInt64("base"), in.readInt64("foldedBefore"), parts, in.readInt64("lift"), life(in));
        }

        private static Life life(CompactReader in) {
            return new Life(in.readInt64("born"), in.readInt64("removed"), in.readInt64("former"));
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
            out.writeInt64("born", tally.life().born());
            out.writeInt64("removed", tally.life().removed());
            out.writeInt64("former", tally.life().former());
        }
    }
}
