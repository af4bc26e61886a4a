// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import com.hazelcast.spi.exception.TargetNotMemberException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Messages to one other member, over the connections of the cluster. Unlike with a {@linkplain Signals signal}, the sender learns
 * whether its message was received. Two messages that are on their way at the same time may overtake each other.
 */
public final class Messenger {
    private static final Logger LOG = System.getLogger(Messenger.class.getName());
    private static final String HERE = Messenger.class.getName();
    static final String EXECUTOR = "holdfast.messages";

    /** The receiver of a room's messages. It runs on a thread of the cluster, so it must be quick. */
    @FunctionalInterface
    public interface Receiver {
        /** Receives a message; false if it is of no use here. */
        boolean receive(String sender, Object content);
    }

    private final HazelcastInstance member;
    private final String me;
    private final IExecutorService executor;
    private final Map<String, Receiver> receivers = new ConcurrentHashMap<>();

    Messenger(HazelcastInstance member) {
        this.member = member;
        this.me = Signals.nameOf(member.getCluster().getLocalMember());
        this.executor = member.getExecutorService(EXECUTOR);
        member.getUserContext().put(HERE, this);
    }

    /** Gives the messages for a room to this receiver. */
    public void onMessage(String room, Receiver receiver) {
        receivers.put(room, receiver);
    }

    /**
     * Sends a record that has a wire form. The stage completes on any thread: with true if the receiver had a use for it, with false
     * if not or if that member has left. It fails if neither is known.
     */
    public CompletionStage<Boolean> send(String to, String room, Object content) {
        CompletableFuture<Boolean> received = new CompletableFuture<>();
        Optional<Member> receiver = member.getCluster().getMembers().stream()
                .filter(other -> Signals.nameOf(other).equals(to))
                .findFirst();
        if (receiver.isEmpty()) return CompletableFuture.completedFuture(false);
        try {
            executor.submitToMember(new Message(me, room, content), receiver.get(), new ExecutionCallback<>() {
                @Override
                public void onResponse(Boolean useful) {
                    received.complete(useful);
                }

                @Override
                public void onFailure(Throwable why) {
                    if (why instanceof TargetNotMemberException) received.complete(false);
                    else received.completeExceptionally(why);
                }
            });
        } catch (RuntimeException e) {
            received.completeExceptionally(e);
        }
        return received;
    }

    private boolean receive(String sender, String room, Object content) {
        Receiver receiver = receivers.get(room);
        try {
            return receiver != null && receiver.receive(sender, content);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, () -> "A message could not be received room=" + room, e);
            return false;
        }
    }

    /** A message as a task that Hazelcast runs at the receiving member; its result is whether it was of use there. */
    static final class Message implements Callable<Boolean>, HazelcastInstanceAware {
        private final String sender;
        private final String room;
        private final Object content;
        private @Nullable HazelcastInstance receiver;

        Message(String sender, String room, Object content) {
            this.sender = sender;
            this.room = room;
            this.content = content;
        }

        @Override
        public void setHazelcastInstance(HazelcastInstance here) {
            receiver = here;
        }

        @Override
        public Boolean call() {
            return receiver != null
                    && receiver.getUserContext().get(HERE) instanceof Messenger messenger
                    && messenger.receive(sender, room, content);
        }
    }

    /** By hand, because a message is not a record: Hazelcast tells it where it is. */
    static final class MessageWire extends RecordSerializer<Message> {
        MessageWire() {
            super("message.v1", Message.class);
        }

        @Override
        public Message read(CompactReader in) {
            return new Message(text(in, "sender"), text(in, "room"), some(in.<Object>readCompact("content")));
        }

        @Override
        public void write(CompactWriter out, Message message) {
            out.writeString("sender", message.sender);
            out.writeString("room", message.room);
            out.writeCompact("content", message.content);
        }
    }
}
