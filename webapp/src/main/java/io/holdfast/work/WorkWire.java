// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.RecordSerializer;
import io.holdfast.http.Header;
import io.holdfast.http.Headers;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The wire form of this room's records. Field and type names are kept for ever; what is new gets a new field or type. */
final class WorkWire {
    static final String QUEUES = "holdfast.queues";

    static final Map<String, String> MAPS = Map.of(QUEUES, QueueMerge.class.getName());
    static final List<CompactSerializer<?>> SERIALIZERS = List.of(
            new OfQueue(),
            new OfPlace(),
            new OfAhead(),
            new OfTicket(),
            new OfSlot(),
            new OfMatch(),
            new OfDone(),
            new OfStep(),
            new OfTurn(),
            new OfTurned(),
            new OfSeen(),
            new OfForget(),
            new OfDue(),
            new OfMatched(),
            new OfHeader(),
            new OfOrder(),
            new OfNote(),
            new OfPage(),
            new OfFollowUp());

    private WorkWire() {}

    static ClusterPart part() {
        return new ClusterPart(SERIALIZERS, MAPS);
    }

    private static final class OfQueue extends RecordSerializer<Queue> {
        OfQueue() {
            super("work.queue.v1", Queue.class);
        }

        @Override
        public Queue read(CompactReader in) {
            return new Queue(
                    in.readInt64("last"),
                    list(in, "tickets", Queue.Ticket.class),
                    list(in, "slots", Queue.Slot.class),
                    list(in, "matches", Queue.Match.class),
                    list(in, "done", Queue.Done.class),
                    new Queue.Pace(in.readInt64("since"), in.readInt64("interval")));
        }

        @Override
        public void write(CompactWriter out, Queue queue) {
            out.writeInt64("last", queue.last());
            list(out, "tickets", Queue.Ticket.class, queue.tickets());
            list(out, "slots", Queue.Slot.class, queue.slots());
            list(out, "matches", Queue.Match.class, queue.matches());
            list(out, "done", Queue.Done.class, queue.done());
            out.writeInt64("since", queue.pace().since());
            out.writeInt64("interval", queue.pace().interval());
        }
    }

    private static final class OfPlace extends RecordSerializer<QueuePlace> {
        OfPlace() {
            super("work.place.v1", QueuePlace.class);
        }

        @Override
        public QueuePlace read(CompactReader in) {
            return new QueuePlace(in.readInt32("before"), in.readInt64("millis"));
        }

        @Override
        public void write(CompactWriter out, QueuePlace place) {
            out.writeInt32("before", place.before());
            out.writeInt64("millis", place.millis());
        }
    }

    private static final class OfAhead extends RecordSerializer<Ahead> {
        OfAhead() {
            super("work.ahead.v1", Ahead.class);
        }

        @Override
        public Ahead read(CompactReader in) {
            return new Ahead(text(in, "ticket"));
        }

        @Override
        public void write(CompactWriter out, Ahead ahead) {
            out.writeString("ticket", ahead.ticket());
        }
    }

    private static final class OfTicket extends RecordSerializer<Queue.Ticket> {
        OfTicket() {
            super("work.ticket.v1", Queue.Ticket.class);
        }

        @Override
        public Queue.Ticket read(CompactReader in) {
            return new Queue.Ticket(
                    text(in, "id"), text(in, "member"), in.readInt32("urgency"), in.readInt64("number"));
        }

        @Override
        public void write(CompactWriter out, Queue.Ticket ticket) {
            out.writeString("id", ticket.id());
            out.writeString("member", ticket.member());
            out.writeInt32("urgency", ticket.urgency());
            out.writeInt64("number", ticket.number());
        }
    }

    private static final class OfSlot extends RecordSerializer<Queue.Slot> {
        OfSlot() {
            super("work.slot.v1", Queue.Slot.class);
        }

        @Override
        public Queue.Slot read(CompactReader in) {
            return new Queue.Slot(text(in, "id"), text(in, "member"), in.readBoolean("leases"));
        }

        @Override
        public void write(CompactWriter out, Queue.Slot slot) {
            out.writeString("id", slot.id());
            out.writeString("member", slot.member());
            out.writeBoolean("leases", slot.leases());
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
                    some(in.<Queue.Ticket>readCompact("ticket")),
                    some(in.<Queue.Slot>readCompact("slot")));
        }

        @Override
        public void write(CompactWriter out, Queue.Match match) {
            out.writeInt64("token", match.token());
            out.writeCompact("ticket", match.ticket());
            out.writeCompact("slot", match.slot());
        }
    }

    private static final class OfDone extends RecordSerializer<Queue.Done> {
        OfDone() {
            super("work.done.v1", Queue.Done.class);
        }

        @Override
        public Queue.Done read(CompactReader in) {
            return new Queue.Done(
                    new UUID(in.readInt64("originHigh"), in.readInt64("originLow")),
                    in.readInt64("number"),
                    in.readInt64("time"));
        }

        @Override
        public void write(CompactWriter out, Queue.Done done) {
            out.writeInt64("originHigh", done.origin().getMostSignificantBits());
            out.writeInt64("originLow", done.origin().getLeastSignificantBits());
            out.writeInt64("number", done.number());
            out.writeInt64("time", done.time());
        }
    }

    private static final class OfStep extends RecordSerializer<Step> {
        OfStep() {
            super("work.step.v1", Step.class);
        }

        @Override
        public Step read(CompactReader in) {
            return new Step(
                    Step.Kind.valueOf(text(in, "kind")),
                    text(in, "name"),
                    text(in, "member"),
                    in.readInt32("urgency"),
                    in.readInt64("number"));
        }

        @Override
        public void write(CompactWriter out, Step step) {
            out.writeString("kind", step.kind().name());
            out.writeString("name", step.name());
            out.writeString("member", step.member());
            out.writeInt32("urgency", step.urgency());
            out.writeInt64("number", step.number());
        }
    }

    private static final class OfTurn extends RecordSerializer<Turn> {
        OfTurn() {
            super("work.turn.v1", Turn.class);
        }

        @Override
        public Turn read(CompactReader in) {
            return new Turn(
                    new UUID(in.readInt64("originHigh"), in.readInt64("originLow")),
                    in.readInt64("number"),
                    text(in, "member"),
                    in.readInt64("now"),
                    in.readInt32("most"),
                    in.readBoolean("mayCreate"),
                    list(in, "steps", Step.class));
        }

        @Override
        public void write(CompactWriter out, Turn turn) {
            out.writeInt64("originHigh", turn.origin().getMostSignificantBits());
            out.writeInt64("originLow", turn.origin().getLeastSignificantBits());
            out.writeInt64("number", turn.number());
            out.writeString("member", turn.member());
            out.writeInt64("now", turn.now());
            out.writeInt32("most", turn.most());
            out.writeBoolean("mayCreate", turn.mayCreate());
            list(out, "steps", Step.class, turn.steps());
        }
    }

    private static final class OfTurned extends RecordSerializer<Turned> {
        OfTurned() {
            super("work.turned.v1", Turned.class);
        }

        @Override
        public Turned read(CompactReader in) {
            return new Turned(
                    in.readBoolean("room"),
                    texts(in, "refused"),
                    list(in, "matches", Queue.Match.class),
                    in.readCompact("seen"));
        }

        @Override
        public void write(CompactWriter out, Turned turned) {
            out.writeBoolean("room", turned.room());
            texts(out, "refused", turned.refused());
            list(out, "matches", Queue.Match.class, turned.matches());
            out.writeCompact("seen", turned.seen());
        }
    }

    private static final class OfSeen extends RecordSerializer<Seen> {
        OfSeen() {
            super("work.seen.v1", Seen.class);
        }

        @Override
        public Seen read(CompactReader in) {
            return new Seen(texts(in, "tickets"), texts(in, "slots"), texts(in, "members"));
        }

        @Override
        public void write(CompactWriter out, Seen seen) {
            texts(out, "tickets", seen.tickets());
            texts(out, "slots", seen.slots());
            texts(out, "members", seen.members());
        }
    }

    private static final class OfForget extends RecordSerializer<Forget> {
        OfForget() {
            super("work.forget.v1", Forget.class);
        }

        @Override
        public Forget read(CompactReader in) {
            return new Forget(in.readInt64("now"));
        }

        @Override
        public void write(CompactWriter out, Forget forget) {
            out.writeInt64("now", forget.now());
        }
    }

    private static final class OfDue extends RecordSerializer<Forget.Due> {
        OfDue() {
            super("work.due.v1", Forget.Due.class);
        }

        @Override
        public Forget.Due read(CompactReader in) {
            return new Forget.Due(in.readInt64("now"));
        }

        @Override
        public void write(CompactWriter out, Forget.Due due) {
            out.writeInt64("now", due.now());
        }
    }

    private static final class OfMatched extends RecordSerializer<Matched> {
        OfMatched() {
            super("work.matched.v1", Matched.class);
        }

        @Override
        public Matched read(CompactReader in) {
            return new Matched(text(in, "queue"), some(in.<Queue.Match>readCompact("match")));
        }

        @Override
        public void write(CompactWriter out, Matched matched) {
            out.writeString("queue", matched.queue());
            out.writeCompact("match", matched.match());
        }
    }

    private static final class OfHeader extends RecordSerializer<Header> {
        OfHeader() {
            super("work.header.v1", Header.class);
        }

        @Override
        public Header read(CompactReader in) {
            return new Header(text(in, "name"), text(in, "value"));
        }

        @Override
        public void write(CompactWriter out, Header header) {
            out.writeString("name", header.name());
            out.writeString("value", header.value());
        }
    }

    private static final class OfOrder extends RecordSerializer<Order> {
        OfOrder() {
            super("work.order.v1", Order.class);
        }

        @Override
        public Order read(CompactReader in) {
            return new Order(
                    text(in, "id"),
                    text(in, "queue"),
                    text(in, "method"),
                    text(in, "path"),
                    new Headers(list(in, "headers", Header.class)),
                    in.readBoolean("hasBody"),
                    in.readInt64("length"),
                    in.readInt32("urgency"));
        }

        @Override
        public void write(CompactWriter out, Order order) {
            out.writeString("id", order.id());
            out.writeString("queue", order.queue());
            out.writeString("method", order.method());
            out.writeString("path", order.path());
            list(out, "headers", Header.class, order.headers().list());
            out.writeBoolean("hasBody", order.hasBody());
            out.writeInt64("length", order.length());
            out.writeInt32("urgency", order.urgency());
        }
    }

    private static final class OfNote extends RecordSerializer<Note> {
        OfNote() {
            super("work.note.v1", Note.class);
        }

        @Override
        public Note read(CompactReader in) {
            return new Note(
                    Note.Kind.valueOf(text(in, "kind")),
                    text(in, "talk"),
                    in.readInt64("number"),
                    in.readInt64("length"),
                    text(in, "text"),
                    new Headers(list(in, "headers", Header.class)),
                    bytes(in, "bytes"),
                    in.readCompact("order"));
        }

        @Override
        public void write(CompactWriter out, Note note) {
            out.writeString("kind", note.kind().name());
            out.writeString("talk", note.talk());
            out.writeInt64("number", note.number());
            out.writeInt64("length", note.length());
            out.writeString("text", note.text());
            list(out, "headers", Header.class, note.headers().list());
            out.writeArrayOfInt8("bytes", note.bytes());
            out.writeCompact("order", note.order());
        }
    }

    private static final class OfPage extends RecordSerializer<Note.Page> {
        OfPage() {
            super("work.page.v1", Note.Page.class);
        }

        @Override
        public Note.Page read(CompactReader in) {
            return new Note.Page(text(in, "talk"), in.readInt64("number"), list(in, "notes", Note.class));
        }

        @Override
        public void write(CompactWriter out, Note.Page page) {
            out.writeString("talk", page.talk());
            out.writeInt64("number", page.number());
            list(out, "notes", Note.class, page.notes());
        }
    }

    private static final class OfFollowUp extends RecordSerializer<FollowUp> {
        OfFollowUp() {
            super("work.follow-up.v1", FollowUp.class);
        }

        @Override
        public FollowUp read(CompactReader in) {
            return new FollowUp(
                    FollowUp.Kind.valueOf(text(in, "kind")),
                    text(in, "lease"),
                    in.readInt64("token"),
                    bytes(in, "state"));
        }

        @Override
        public void write(CompactWriter out, FollowUp said) {
            out.writeString("kind", said.kind().name());
            out.writeString("lease", said.lease());
            out.writeInt64("token", said.token());
            out.writeArrayOfInt8("state", said.state());
        }
    }
}
