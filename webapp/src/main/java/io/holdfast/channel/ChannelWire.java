// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.holdfast.cluster.ClusterPart;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The wire form of this room's records. Field and type names are kept for ever; what is new gets a new field or type. */
final class ChannelWire {
    static final String MAP = "holdfast.channels", PRESENCE = "holdfast.presence";

    private ChannelWire() {}

    static ClusterPart part() {
        return new ClusterPart(
                List.of(
                        new OfEventId(),
                        new OfEvent(),
                        new OfUsed(),
                        new OfDone(),
                        new OfLog(),
                        new OfDraft(),
                        new OfPublication(),
                        new OfReceipt(),
                        new OfRead(),
                        new OfPage(),
                        new OfSummary(),
                        new OfCommand(),
                        new OfReply(),
                        new OfPeek(),
                        new OfClear(),
                        new OfExpire(),
                        new OfTotals(),
                        new OfSum(),
                        new OfAttendance(),
                        new OfAttend()),
                Map.of(MAP, LogMerge.class.getName(), PRESENCE, AttendanceMerge.class.getName()));
    }

    /** A serializer of one record under a name of this room. */
    private abstract static class Of<T> implements CompactSerializer<T> {
        private final String name;
        private final Class<T> type;

        Of(String name, Class<T> type) {
            this.name = "channel." + name + ".v1";
            this.type = type;
        }

        @Override
        public String getTypeName() {
            return name;
        }

        @Override
        public Class<T> getCompactClass() {
            return type;
        }
    }

    private static <T> List<T> list(CompactReader in, String field, Class<T> type) {
        T[] all = in.readArrayOfCompact(field, type);
        return all == null ? List.of() : Collections.unmodifiableList(Arrays.asList(all));
    }

    @SuppressWarnings("unchecked") // a new array of the component's own type
    private static <T> void list(CompactWriter out, String field, List<T> all, Class<T> type) {
        out.writeArrayOfCompact(field, all.toArray((T[]) java.lang.reflect.Array.newInstance(type, 0)));
    }

    private static String text(CompactReader in, String field) {
        return Objects.requireNonNullElse(in.readString(field), "");
    }

    private static byte[] bytes(CompactReader in, String field) {
        byte[] bytes = in.readArrayOfInt8(field);
        return bytes == null ? new byte[0] : bytes;
    }

    private static EventId id(CompactReader in, String field) {
        return Objects.requireNonNull(maybeId(in, field));
    }

    private static @Nullable EventId maybeId(CompactReader in, String field) {
        return in.readCompact(field);
    }

    private static final class OfEventId extends Of<EventId> {
        OfEventId() {
            super("id", EventId.class);
        }

        @Override
        public EventId read(CompactReader in) {
            return new EventId(in.readInt64("epoch"), in.readInt64("sequence"), in.readInt32("tag"));
        }

        @Override
        public void write(CompactWriter out, EventId id) {
            out.writeInt64("epoch", id.epoch());
            out.writeInt64("sequence", id.sequence());
            out.writeInt32("tag", id.tag());
        }
    }

    private static final class OfEvent extends Of<Event> {
        OfEvent() {
            super("event", Event.class);
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
                    bytes(in, "data"));
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

    private static final class OfUsed extends Of<Log.Used> {
        OfUsed() {
            super("used", Log.Used.class);
        }

        @Override
        public Log.Used read(CompactReader in) {
            return new Log.Used(
                    text(in, "key"),
                    in.readInt64("fingerprint"),
                    id(in, "first"),
                    in.readInt32("count"),
                    in.readInt64("time"));
        }

        @Override
        public void write(CompactWriter out, Log.Used used) {
            out.writeString("key", used.key());
            out.writeInt64("fingerprint", used.fingerprint());
            out.writeCompact("first", used.first());
            out.writeInt32("count", used.count());
            out.writeInt64("time", used.time());
        }
    }

    private static final class OfDone extends Of<Log.Done> {
        OfDone() {
            super("done", Log.Done.class);
        }

        @Override
        public Log.Done read(CompactReader in) {
            return new Log.Done(
                    new UUID(in.readInt64("most"), in.readInt64("least")),
                    in.readInt64("number"),
                    id(in, "before"),
                    list(in, "receipts", Receipt.class),
                    in.readInt64("time"));
        }

        @Override
        public void write(CompactWriter out, Log.Done done) {
            out.writeInt64("most", done.origin().getMostSignificantBits());
            out.writeInt64("least", done.origin().getLeastSignificantBits());
            out.writeInt64("number", done.number());
            out.writeCompact("before", done.before());
            list(out, "receipts", done.receipts(), Receipt.class);
            out.writeInt64("time", done.time());
        }
    }

    private static final class OfLog extends Of<Log> {
        OfLog() {
            super("log", Log.class);
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
            list(out, "events", log.events(), Event.class);
            list(out, "keys", log.keys(), Log.Used.class);
            list(out, "done", log.done(), Log.Done.class);
            out.writeInt64("since", log.since());
            out.writeInt64("age", log.age());
        }
    }

    private static final class OfDraft extends Of<Draft> {
        OfDraft() {
            super("draft", Draft.class);
        }

        @Override
        public Draft read(CompactReader in) {
            return new Draft(text(in, "type"), text(in, "contentType"), bytes(in, "data"));
        }

        @Override
        public void write(CompactWriter out, Draft draft) {
            out.writeString("type", draft.type());
            out.writeString("contentType", draft.contentType());
            out.writeArrayOfInt8("data", draft.data());
        }
    }

    private static final class OfPublication extends Of<Publication> {
        OfPublication() {
            super("publication", Publication.class);
        }

        @Override
        public Publication read(CompactReader in) {
            return new Publication(list(in, "drafts", Draft.class), text(in, "key"), in.readInt64("fingerprint"));
        }

        @Override
        public void write(CompactWriter out, Publication publication) {
            list(out, "drafts", publication.drafts(), Draft.class);
            out.writeString("key", publication.key());
            out.writeInt64("fingerprint", publication.fingerprint());
        }
    }

    private static final class OfReceipt extends Of<Receipt> {
        OfReceipt() {
            super("receipt", Receipt.class);
        }

        @Override
        public Receipt read(CompactReader in) {
            return new Receipt(Receipt.Kind.valueOf(text(in, "kind")), id(in, "first"), in.readInt32("count"));
        }

        @Override
        public void write(CompactWriter out, Receipt receipt) {
            out.writeString("kind", receipt.kind().name());
            out.writeCompact("first", receipt.first());
            out.writeInt32("count", receipt.count());
        }
    }

    private static final class OfRead extends Of<Read> {
        OfRead() {
            super("read", Read.class);
        }

        @Override
        public Read read(CompactReader in) {
            return new Read(id(in, "after"), in.readInt32("limit"));
        }

        @Override
        public void write(CompactWriter out, Read read) {
            out.writeCompact("after", read.after());
            out.writeInt32("limit", read.limit());
        }
    }

    private static final class OfPage extends Of<Page> {
        OfPage() {
            super("page", Page.class);
        }

        @Override
        public Page read(CompactReader in) {
            return new Page(
                    list(in, "events", Event.class),
                    id(in, "last"),
                    in.readBoolean("gap"),
                    maybeId(in, "oldest"),
                    in.readInt64("behind"));
        }

        @Override
        public void write(CompactWriter out, Page page) {
            list(out, "events", page.events(), Event.class);
            out.writeCompact("last", page.last());
            out.writeBoolean("gap", page.gap());
            out.writeCompact("oldest", page.oldest());
            out.writeInt64("behind", page.behind());
        }
    }

    private static final class OfSummary extends Of<Summary> {
        OfSummary() {
            super("summary", Summary.class);
        }

        @Override
        public Summary read(CompactReader in) {
            return new Summary(
                    maybeId(in, "first"), maybeId(in, "last"), in.readInt32("events"), in.readInt64("bytes"));
        }

        @Override
        public void write(CompactWriter out, Summary summary) {
            out.writeCompact("first", summary.first());
            out.writeCompact("last", summary.last());
            out.writeInt32("events", summary.events());
            out.writeInt64("bytes", summary.bytes());
        }
    }

    private static final class OfCommand extends Of<Command> {
        OfCommand() {
            super("command", Command.class);
        }

        @Override
        public Command read(CompactReader in) {
            Retention retention = new Retention(
                    in.readInt32("keptEvents"),
                    in.readInt64("keptBytes"),
                    Duration.ofMillis(in.readInt64("keptMillis")),
                    in.readInt32("keptKeys"));
            return new Command(
                    new UUID(in.readInt64("most"), in.readInt64("least")),
                    in.readInt64("number"),
                    in.readInt64("now"),
                    retention,
                    in.readBoolean("mayCreate"),
                    in.readBoolean("mayGrow"),
                    list(in, "publications", Publication.class),
                    list(in, "reads", Read.class));
        }

        @Override
        public void write(CompactWriter out, Command command) {
            out.writeInt32("keptEvents", command.retention().events());
            out.writeInt64("keptBytes", command.retention().bytes());
            out.writeInt64("keptMillis", command.retention().age().toMillis());
            out.writeInt32("keptKeys", command.retention().keys());
            out.writeInt64("most", command.origin().getMostSignificantBits());
            out.writeInt64("least", command.origin().getLeastSignificantBits());
            out.writeInt64("number", command.number());
            out.writeInt64("now", command.now());
            out.writeBoolean("mayCreate", command.mayCreate());
            out.writeBoolean("mayGrow", command.mayGrow());
            list(out, "publications", command.publications(), Publication.class);
            list(out, "reads", command.reads(), Read.class);
        }
    }

    private static final class OfReply extends Of<Reply> {
        OfReply() {
            super("reply", Reply.class);
        }

        @Override
        public Reply read(CompactReader in) {
            return new Reply(
                    id(in, "before"),
                    list(in, "receipts", Receipt.class),
                    list(in, "pages", Page.class),
                    Objects.requireNonNull(in.<Summary>readCompact("summary")));
        }

        @Override
        public void write(CompactWriter out, Reply reply) {
            out.writeCompact("before", reply.before());
            list(out, "receipts", reply.receipts(), Receipt.class);
            list(out, "pages", reply.pages(), Page.class);
            out.writeCompact("summary", reply.summary());
        }
    }

    private static final class OfPeek extends Of<Peek> {
        OfPeek() {
            super("peek", Peek.class);
        }

        @Override
        public Peek read(CompactReader in) {
            return new Peek();
        }

        @Override
        public void write(CompactWriter out, Peek command) {
            // It has no fields.
        }
    }

    private static final class OfClear extends Of<Clear> {
        OfClear() {
            super("clear", Clear.class);
        }

        @Override
        public Clear read(CompactReader in) {
            return new Clear(in.readInt64("now"));
        }

        @Override
        public void write(CompactWriter out, Clear command) {
            out.writeInt64("now", command.now());
        }
    }

    private static final class OfExpire extends Of<Expire> {
        OfExpire() {
            super("expire", Expire.class);
        }

        @Override
        public Expire read(CompactReader in) {
            return new Expire(in.readInt64("now"));
        }

        @Override
        public void write(CompactWriter out, Expire command) {
            out.writeInt64("now", command.now());
        }
    }

    private static final class OfTotals extends Of<Totals> {
        OfTotals() {
            super("totals", Totals.class);
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

    private static final class OfSum extends Of<Totals.Sum> {
        OfSum() {
            super("sum", Totals.Sum.class);
        }

        @Override
        public Totals.Sum read(CompactReader in) {
            return new Totals.Sum(in.readInt64("channels"), in.readInt64("bytes"));
        }

        @Override
        public void write(CompactWriter out, Totals.Sum sum) {
            out.writeInt64("channels", sum.channels());
            out.writeInt64("bytes", sum.bytes());
        }
    }

    private static final class OfAttendance extends Of<Attendance> {
        OfAttendance() {
            super("attendance", Attendance.class);
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

    private static final class OfAttend extends Of<Attend> {
        OfAttend() {
            super("attend", Attend.class);
        }

        @Override
        public Attend read(CompactReader in) {
            return new Attend(text(in, "member"), in.readInt64("until"), in.readInt64("now"));
        }

        @Override
        public void write(CompactWriter out, Attend command) {
            out.writeString("member", command.member());
            out.writeInt64("until", command.until());
            out.writeInt64("now", command.now());
        }
    }
}
