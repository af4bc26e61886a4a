// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.JoinPolicy;
import io.holdfast.cluster.RecordSerializer;
import io.holdfast.cluster.RecordWire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The wire form of queues. Field and type names of what is stored are kept for ever. */
final class QueueWire {

    static final String MAP = "holdfast.queues";

    private QueueWire() {}

    static ClusterPart part() {
        List<CompactSerializer<?>> wires = new ArrayList<>(List.of(
                new OfQueue(),
                RecordWire.of("work.ticket.v1", Queue.Waiting.class),
                RecordWire.of("work.slot.v1", Queue.Idle.class),
                new OfMatch(),
                RecordWire.of("work.done.v1", Queue.Done.class, "originHigh", "originLow"),
                RecordWire.of("work.queue.keeping.v1", Queue.Keeping.class),
                RecordWire.of("work.queue.view.v1", MemberView.class),
                RecordWire.of("work.queue.place-of.v1", QueuePlace.Of.class),
                RecordWire.of("work.place.v1", QueuePlace.class),
                RecordWire.of("work.queue.long-empty.v2", Queue.LongEmpty.class)));
        wires.addAll(QueueStep.wires());
        return new ClusterPart(wires, Map.of(MAP, JoinPolicy.class.getName()));
    }

    /** The pace is written as two fields of the queue, and its parts have the names that they had first. */
    private static final class OfQueue extends RecordSerializer<Queue> {
        OfQueue() {
            super("work.queue.v1", Queue.class);
        }

        @Override
        public Queue read(CompactReader in) {
            return new Queue(
                    in.readInt64("last"),
                    list(in, "tickets", Queue.Waiting.class),
                    list(in, "slots", Queue.Idle.class),
                    list(in, "matches", Queue.Match.class),
                    list(in, "done", Queue.Done.class),
                    new Queue.Pace(in.readInt64("since"), in.readInt64("interval")));
        }

        @Override
        public void write(CompactWriter out, Queue queue) {
            out.writeInt64("last", queue.last());
            list(out, "tickets", Queue.Waiting.class, queue.waiting());
            list(out, "slots", Queue.Idle.class, queue.idle());
            list(out, "matches", Queue.Match.class, queue.matches());
            list(out, "done", Queue.Done.class, queue.done());
            out.writeInt64("since", queue.pace().since());
            out.writeInt64("interval", queue.pace().interval());
        }
    }

    private static final class OfMatch extends RecordSerializer<Queue.Match> {
        OfMatch() {
            super("work.match.v1", Queue.Match.class);
        }

        @Override
        public Queue.Match read(CompactReader in) {
            return new Queue.Match(
                    in.readInt64("token"),
                    some(in.<Queue.Waiting>readCompact("ticket")),
                    some(in.<Queue.Idle>readCompact("slot")));
        }

        @Override
        public void write(CompactWriter out, Queue.Match match) {
            out.writeInt64("token", match.token());
            out.writeCompact("ticket", match.request());
            out.writeCompact("slot", match.worker());
        }
    }
}
