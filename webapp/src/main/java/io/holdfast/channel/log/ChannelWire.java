// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.JoinPolicy;
import io.holdfast.cluster.RecordSerializer;
import io.holdfast.cluster.RecordWire;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The wire form of this room's records. The type names and field names of stored records never change. */
public final class ChannelWire {
    public static final String MAP = "holdfast.channels", PRESENCE = "holdfast.presence";

    private ChannelWire() {}

    public static ClusterPart part() {
        return new ClusterPart(
                List.of(
                        RecordWire.of("channel.id.v1", EventId.class),
                        new OfEvent(),
                        RecordWire.of("channel.used.v1", Log.Used.class),
                        RecordWire.of("channel.done.v1", Log.Done.class),
                        new OfLog(),
                        RecordWire.of("channel.draft.v1", Draft.class),
                        RecordWire.of("channel.publication.v2", Publication.class),
                        RecordWire.of("channel.receipt.v1", Receipt.class),
                        RecordWire.of("channel.read.v1", Read.class),
                        RecordWire.of("channel.page.v1", Page.class),
                        RecordWire.of("channel.summary.v1", Summary.class),
                        RecordWire.of("channel.command.v3", Command.class),
                        RecordWire.of("channel.retention.v1", Retention.class),
                        RecordWire.of("channel.reply.v1", Reply.class),
                        RecordWire.of("channel.newest.v1", Log.Newest.class),
                        RecordWire.of("channel.weight.v1", Log.Weight.class),
                        RecordWire.of("channel.clear.v1", Clear.class),
                        RecordWire.of("channel.expire.v2", Expire.class),
                        RecordWire.of("channel.due.v2", Expire.Due.class),
                        new OfTotals(),
                        RecordWire.of("channel.sum.v1", Totals.Sum.class),
                        new OfAttendance(),
                        RecordWire.of("channel.attend.v1", Attend.class)),
                Map.of(MAP, JoinPolicy.class.getName(), PRESENCE, JoinPolicy.class.getName()));
    }

    private static EventId id(CompactReader in, String field) {
        return Objects.requireNonNull(maybeId(in, field));
    }

    private static @Nullable EventId maybeId(CompactReader in, String field) {
        return in.readCompact(field);
    }

    private static final class OfEvent extends RecordSerializer<Event> {
        OfEvent() {
            super("channel.event.v1", Event.class);
        }

        @Override
        public Event read(CompactReader in) {
            EventId was = maybeId(in, "was");
            return new Event(
                    id(in, "id"),
                    was == null ? null : new Event.Former(was, id(in, "parting")),
                    in.readInt64("time"),
                    text(in, "type"),
                    text(in, "contentType"),
                    some(in.readArrayOfInt8("data")));
        }

        @Override
        public void write(CompactWriter out, Event event) {
            out.writeCompact("id", event.id());
            Event.Former was = event.was();
            out.writeCompact("was", was == null ? null : was.id());
            out.writeCompact("parting", was == null ? null : was.parting());
            out.writeInt64("time", event.time());
            out.writeString("type", event.type());
            out.writeString("contentType", event.contentType());
            out.writeArrayOfInt8("data", event.data());
        }
    }

    private static final class OfLog extends RecordSerializer<Log> {
        OfLog() {
            super("channel.log.v1", Log.class);
        }

        @Override
        public Log read(CompactReader in) {
            return Log.of(
                    id(in, "floor"),
                    id(in, "last"),
                    list(in, "events", Event.class),
                    list(in, "keys", Log.Used.class),
                    list(in, "done", Log.Done.class),
                    in.readInt64("since"),
                    in.readInt64("age"));
        }

        @Override
        public void write(CompactWriter out, Log log) {
            out.writeCompact("floor", log.floor());
            out.writeCompact("last", log.last());
            list(out, "events", Event.class, log.events());
            list(out, "keys", Log.Used.class, log.keys());
            list(out, "done", Log.Done.class, log.done());
            out.writeInt64("since", log.since());
            out.writeInt64("age", log.age());
        }
    }

    private static final class OfTotals extends RecordSerializer<Totals> {
        OfTotals() {
            super("channel.totals.v1", Totals.class);
        }

        @Override
        public Totals read(CompactReader in) {
            return new Totals(in.readInt64("channels"), in.readInt64("bytes"));
        }

        @Override
        public void write(CompactWriter out, Totals totals) {
            out.writeInt64("channels", totals.channels());
            out.writeInt64("bytes", totals.bytes());
        }
    }

    private static final class OfAttendance extends RecordSerializer<Attendance> {
        OfAttendance() {
            super("channel.attendance.v1", Attendance.class);
        }

        @Override
        public Attendance read(CompactReader in) {
            String[] members = in.readArrayOfString("members");
            long[] until = in.readArrayOfInt64("until");
            Map<String, Long> leases = new TreeMap<>();
            if (members != null && until != null)
                for (int i = 0; i < members.length; i++) leases.put(members[i], until[i]);
            return new Attendance(leases, in.readBoolean("announced"));
        }

        @Override
        public void write(CompactWriter out, Attendance attendance) {
            out.writeArrayOfString("members", attendance.leases().keySet().toArray(String[]::new));
            out.writeArrayOfInt64(
                    "until",
                    attendance.leases().values().stream()
                            .mapToLong(Long::longValue)
                            .toArray());
            out.writeBoolean("announced", attendance.announced());
        }
    }
}
