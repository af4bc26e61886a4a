// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Something for a room of one member; where that has read it, the answer is whether it could. Hazelcast tells it where it is. */
final class Letter implements Callable<Boolean>, HazelcastInstanceAware {
    private final String sender;
    private final String room;
    private final Object content;
    private @Nullable HazelcastInstance member;

    Letter(String sender, String room, Object content) {
        this.sender = sender;
        this.room = room;
        this.content = content;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance here) {
        member = here;
    }

    @Override
    public Boolean call() {
        return member != null
                && member.getUserContext().get(Mail.HERE) instanceof Mail mail
                && mail.came(sender, room, content);
    }

    static final class Wire extends RecordSerializer<Letter> {
        Wire() {
            super("letter.v1", Letter.class);
        }

        @Override
        public Letter read(CompactReader in) {
            return new Letter(text(in, "sender"), text(in, "room"), some(in.<Object>readCompact("content")));
        }

        @Override
        public void write(CompactWriter out, Letter letter) {
            out.writeString("sender", letter.sender);
            out.writeString("room", letter.room);
            out.writeCompact("content", letter.content);
        }
    }
}
