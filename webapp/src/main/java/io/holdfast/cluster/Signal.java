// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;

/** One hint: a key of a room, and its new state in that room's form; and the number under which a reply is wanted, or 0. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Signal(String room, String name, byte[] state, long question) {

    static final class Wire implements CompactSerializer<Signal> {

        @Override
        public Signal read(CompactReader in) {
            byte[] state = in.readArrayOfInt8("state");
            return new Signal(
                    String.valueOf(in.readString("room")),
                    String.valueOf(in.readString("name")),
                    state == null ? new byte[0] : state,
                    in.readInt64("question"));
        }

        @Override
        public void write(CompactWriter out, Signal signal) {
            out.writeString("room", signal.room());
            out.writeString("name", signal.name());
            out.writeArrayOfInt8("state", signal.state());
            out.writeInt64("question", signal.question());
        }

        @Override
        public String getTypeName() {
            return "signal.v1";
        }

        @Override
        public Class<Signal> getCompactClass() {
            return Signal.class;
        }
    }
}
