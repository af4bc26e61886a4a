// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.RecordSerializer;
import java.time.Duration;
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
                        new OfDue(),
                        new OfTotals(),
                        new OfSum(),
                        new OfAttendance(),
                        new OfAttend()),
                Map.of(MAP, LogMerge.class.getName(), PRESENCE, AttendanceMerge.class.getName()));
    }

    private static EventId id(CompactReader in, String field) {
        return Objects.requireNonNull(maybeId(in, field));
    }

    private static @Nullable EventId maybeId(CompactReader in, String field) {
        return in.readCompact(field);
    }

    private static final class OfEventId extends RecordSerializer<EventId> {
        OfEventId() {
            super("channel.id.v1", EventId.class);
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
                    textOrEmpty(in, "type"),
                    textOrEmpty(in, "contentType"),
                    bytesOrEmpty(in, "data"));
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

    private static final class OfUsed extends RecordSerializer<Log.Used> {
        OfUsed() {
            super("channel.used.v1", Log.Used.class);
        }

        @Override
        public Log.Used read(CompactReader in) {
            return new Log.Used(
                    textOrEmpty(in, "key"),
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

    private static final class OfDone extends RecordSerializer<Log.Done> {
        OfDone() {
            super("channel.done.v1", Log.Done.class);
        }

        @Override
        public Log.Done read(CompactReader in) {
            return new Log.Done(
                    new UUID(in.readInt64("most"), in.readInt64("least")),
                    in.readInt64("number"),
                    id(in, "before"),
                    listOrEmpty(in, "receipts", Receipt.class),
                    in.readInt64("time"));
        }

        @Override
        public void write(CompactWriter out, Log.Done done) {
            out.writeInt64("most", done.origin().getMostSignificantBits());
            out.writeInt64("least", done.origin().getLeastSignificantBits());
            out.writeInt64("number", done.number());
            out.writeCompact("before", done.before());
            list(out, "receipts", Receipt.class, done.receipts());
            out.writeInt64("time", done.time());
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
                    listOrEmpty(in, "events", Event.class),
                    listOrEmpty(in, "keys", Log.Used.class),
                    listOrEmpty(in, "done", Log.Done.class),
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

    private static final class OfDraft extends RecordSerializer<Draft> {
        OfDraft() {
            super("channel.draft.v1", Draft.class);
        }

        @Override
        public Draft read(CompactReader in) {
            return new Draft(textOrEmpty(in, "type"), textOrEmpty(in, "contentType"), bytesOrEmpty(in, "data"));
        }

        @Override
        public void write(CompactWriter out, Draft draft) {
            out.writeString("type", draft.type());
            out.writeString("contentType", draft.contentType());
            out.writeArrayOfInt8("data", draft.data());
        }
    }

    private static final class OfPublication extends RecordSerializer<Publication> {
        OfPublication() {
            super("channel.publication.v1", Publication.class);
        }

        @Override
        public Publication read(CompactReader in) {
            return new Publication(
                    listOrEmpty(in, "drafts", Draft.class), textOrEmpty(in, "key"), in.readInt64("fingerprint"));
        }

        @Override
        public void write(CompactWriter out, Publication publication) {
            list(out, "drafts", Draft.class, publication.drafts());
            out.writeString("key", publication.key());
            out.writeInt64("fingerprint", publication.fingerprint());
        }
    }

    private static final class OfReceipt extends RecordSerializer<Receipt> {
        OfReceipt() {
            super("channel.receipt.v1", Receipt.class);
        }

        @Override
        public Receipt read(CompactReader in) {
            return new Receipt(Receipt.Kind.valueOf(textOrEmpty(in, "kind")), id(in, "first"), in.readInt32("count"));
        }

        @Override
        public void write(CompactWriter out, Receipt receipt) {
            out.writeString("kind", receipt.kind().name());
            out.writeCompact("first", receipt.first());
            out.writeInt32("count", receipt.count());
        }
    }

    private static final class OfRead extends RecordSerializer<Read> {
        OfRead() {
            super("channel.read.v1", Read.class);
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

    private static final class OfPage extends RecordSerializer<Page> {
        OfPage() {
            super("channel.page.v1", Page.class);
        }

        @Override
        public Page read(CompactReader in) {
            return new Page(
                    listOrEmpty(in, "events", Event.class),
                    id(in, "last"),
                    in.readBoolean("gap"),
                    maybeId(in, "oldest"),
                    in.readInt64("behind"));
        }

        @Override
        public void write(CompactWriter out, Page page) {
            list(out, "events", Event.class, page.events());
            out.writeCompact("last", page.last());
            out.writeBoolean("gap", page.gap());
            out.writeCompact("oldest", page.oldest());
            out.writeInt64("behind", page.behind());
        }
    }

    private static final class OfSummary extends RecordSerializer<Summary> {
        OfSummary() {
            super("channel.summary.v1", Summary.class);
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

    private static final class OfCommand extends RecordSerializer<Command> {
        OfCommand() {
            super("channel.command.v1", Command.class);
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
                    listOrEmpty(in, "publications", Publication.class),
                    listOrEmpty(in, "reads", Read.class));
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
            list(out, "publications", Publication.class, command.publications());
            list(out, "reads", Read.class, command.reads());
        }
    }

    private static final class OfReply extends RecordSerializer<Reply> {
        OfReply() {
            super("channel.reply.v1", Reply.class);
        }

        @Override
        public Reply read(CompactReader in) {
            return new Reply(
                    id(in, "before"),
                    listOrEmpty(in, "receipts", Receipt.class),
                    listOrEmpty(in, "pages", Page.class),
                    Objects.requireNonNull(in.<Summary>readCompact("summary")));
        }

        @Override
        public void write(CompactWriter out, Reply reply) {
            out.writeCompact("before", reply.before());
            list(out, "receipts", Receipt.class, reply.receipts());
            list(out, "pages", Page.class, reply.pages());
            out.writeCompact("summary", reply.summary());
        }
    }

    private static final class OfPeek extends RecordSerializer<Peek> {
        OfPeek() {
            super("channel.peek.v1", Peek.class);
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

    private static final class OfClear extends RecordSerializer<Clear> {
        OfClear() {
            super("channel.clear.v1", Clear.class);
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

    private static final class OfExpire extends RecordSerializer<Expire> {
        OfExpire() {
            super("channel.expire.v1", Expire.class);
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

    private static final class OfDue extends RecordSerializer<Expire.Due> {
        OfDue() {
            super("channel.due.v1", Expire.Due.class);
        }

        @Override
        public Expire.Due read(CompactReader in) {
            return new Expire.Due(in.readInt64("now"));
        }

        @Override
        public void write(CompactWriter out, Expire.Due due) {
            out.writeInt64("now", due.now());
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

    private static final class OfSum extends RecordSerializer<Totals.Sum> {
        OfSum() {
            super("channel.sum.v1", Totals.Sum.class);
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

    private static final class OfAttend extends RecordSerializer<Attend> {
        OfAttend() {
            super("channel.attend.v1", Attend.class);
        }

        @Override
        public Attend read(CompactReader in) {
            return new Attend(textOrEmpty(in, "member"), in.readInt64("until"), in.readInt64("now"));
        }

        @Override
        public void write(CompactWriter out, Attend command) {
            out.writeString("member", command.member());
            out.writeInt64("until", command.until());
            out.writeInt64("now", command.now());
        }
    }
}
