// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.RecordSerializer;
import io.holdfast.cluster.RecordWire;
import io.holdfast.http.Header;
import io.holdfast.http.Headers;
import java.util.List;
import java.util.Map;

/** The wire form of this room's records. Field and type names of what is stored are kept for ever. */
final class WorkWire {

    private WorkWire() {}

    static ClusterPart part() {
        return new ClusterPart(
                List.of(
                        RecordWire.of("work.matched.v1", Matched.class),
                        RecordWire.of("work.header.v1", Header.class),
                        new OfOrder(),
                        new OfNote(),
                        RecordWire.of("work.page.v1", Note.Page.class),
                        RecordWire.of("work.follow-up.v1", FollowUp.class)),
                Map.of());
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
}
