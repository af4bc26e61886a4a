// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactWriter;

/** One hint: a key of a room, and its new state in that room's form; and the number under which a reply is wanted, or 0. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Signal(String room, String name, byte[] state, long question) {

    static final class Wire extends RecordSerializer<Signal> {
        Wire() {
            super("signal.v1", Signal.class);
        }

        @Override
        public Signal read(CompactReader in) {
            return new Signal(
                    String.valueOf(in.readString("room")),
                    String.valueOf(in.readString("name")),
                    bytesOrEmpty(in, "state"),
                    in.readInt64("question"));
        }

        @Override
        public void write(CompactWriter out, Signal signal) {
            out.writeString("room", signal.room());
            out.writeString("name", signal.name());
            out.writeArrayOfInt8("state", signal.state());
            out.writeInt64("question", signal.question());
        }
    }
}
