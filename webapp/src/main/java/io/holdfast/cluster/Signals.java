// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.topic.ITopic;
import com.hazelcast.topic.Message;
import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Hints between members that a key of a room has changed, with its new state. A signal may be lost, doubled, late or out of order;
 * only the sweep is certain to release waiters. The sender does not receive its own signals.
 */
public final class Signals {
    /** Replies go to one of so many topics. A topic for each member would remain after the member has left. */
    private static final int REPLY_TOPICS = 64;

    private static final String REPLIES = "holdfast.replies.";
    /** In place of a room: a question to the member itself. */
    private static final String PRESENT = "cluster.present";

    /** In place of a room: the sender leaves. */
    private static final String LEAVING = "cluster.leaving";

    private static final int REPLY_BYTES = 2 * Long.BYTES;

    /** The receiver of a room's signals. It runs on a thread of the cluster, so it must be quick. */
    @FunctionalInterface
    public interface Listener {
        /** Receives a signal. If the sender asks, the reply is one number, now or later. */
        void onSignal(String name, byte[] state, LongConsumer reply);
    }

    /**
     * The replies of the other members.
     *
     * @param numbers one for each member that has replied
     * @param silent the members that have not replied in time
     */
    public record Replies(Map<String, Long> numbers, Set<String> silent) {}

    /**
     * A hint that a key has changed.
     *
     * @param room the room of the key
     * @param name the key
     * @param state its new state, in that room's form
     * @param question the number under which a reply is wanted, or 0
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Signal(String room, String name, byte[] state, long question) {}

    /** The attribute of a member that is its name. */
    static final String NAME = "holdfast.name";

    private final HazelcastInstance member;
    private final ITopic<Signal> topic;
    private final Timer timer;
    private final boolean on;
    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
    private final Set<String> leaving = ConcurrentHashMap.newKeySet();
    private final Map<Long, Question> questions = new ConcurrentHashMap<>();

    /** The number of the newest question. Modulo the topics, it selects the topic of the replies; as a whole, the question. */
    private final AtomicLong asked = new AtomicLong(UUID.randomUUID().getMostSignificantBits());

    /**
     * The signals of a member.
     *
     * @param presence the number with which it replies to a question to the member itself
     */
    Signals(HazelcastInstance member, Timer timer, boolean on, LongSupplier presence) {
        this.member = member;
        this.topic = member.getTopic("holdfast.signals");
        this.timer = timer;
        this.on = on;
        listen(PRESENT, (name, state, reply) -> reply.accept(presence.getAsLong()));
        listen(LEAVING, (name, state, reply) -> {
            leaving.add(name);
            reply.accept(1);
        });
        topic.addMessageListener(this::onSignal);
        repliesTo(asked.get()).addMessageListener(this::onReply);
    }

    /** Sends a signal to the other members, without waiting for them. */
    public void send(String room, String name, byte[] state) {
        if (on) topic.publish(new Signal(room, name, state, 0));
    }

    /**
     * Sends a signal to the other members, and gathers their replies within that time. Completes on a thread of the cluster or the
     * timer; at once if there is no other member.
     */
    public CompletionStage<Replies> ask(String room, String name, byte[] state, Duration patience) {
        return ask(room, name, state, patience, on);
    }

    /** Tells the other members that this one leaves in good order, and gathers which of them know that. The rest take it for lost. */
    CompletionStage<Replies> sayGoodbye(Duration patience) {
        return ask(LEAVING, name(), new byte[0], patience, true);
    }

    /** Whether the member of that name has said that it leaves. */
    boolean isLeaving(String name) {
        return leaving.contains(name);
    }

    /** The members that have said that they leave. */
    Set<String> leaving() {
        return leaving;
    }

    /** The member of that name is gone. */
    void forget(String name) {
        leaving.remove(name);
    }

    /** Gathers which of the other members are present, and the number each replies with, even if signals are off. */
    CompletionStage<Replies> askForPresence(Duration patience) {
        return ask(PRESENT, "", new byte[0], patience, true);
    }

    /** Asks only if that is wanted; signals may be off. */
    CompletionStage<Replies> ask(String room, String name, byte[] state, Duration patience, boolean sends) {
        Question question = new Question(others());
        if (!sends) question.close();
        if (question.isAnswered()) return question.replies;
        long number = asked.addAndGet(REPLY_TOPICS);
        questions.put(number, question);
        Scheduled end = timer.after(patience, question::close);
        topic.publish(new Signal(room, name, state, number));
        return question.replies.whenComplete((replies, error) -> {
            end.cancel();
            questions.remove(number);
        });
    }

    /** Gives the signals of a room to this listener. */
    public void listen(String room, Listener listener) {
        listeners.put(room, listener);
    }

    /** A name that no member has. */
    static String newName() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    /** The name of this member: short, new with each start, and unlike the library's, the same after a split. */
    public String name() {
        return nameOf(me());
    }

    static String nameOf(Member member) {
        return member.getAttribute(NAME);
    }

    private Member me() {
        return member.getCluster().getLocalMember();
    }

    /** The names of the other members. */
    public Set<String> others() {
        Cluster cluster = member.getCluster();
        Set<String> others = new TreeSet<>();
        for (Member other : cluster.getMembers()) if (!other.localMember()) others.add(nameOf(other));
        return others;
    }

    private void onSignal(Message<Signal> message) {
        Member sender = message.getPublishingMember();
        if (sender == null || sender.localMember()) return;
        Signal signal = message.getMessageObject();
        Listener listener = listeners.get(signal.room());
        if (listener != null) listener.onSignal(signal.name(), signal.state(), reply(signal.question()));
    }

    private LongConsumer reply(long question) {
        if (question == 0) return number -> {};
        return number -> {
            if (member.getLifecycleService().isRunning())
                repliesTo(question)
                        .publish(ByteBuffer.allocate(REPLY_BYTES)
                                .putLong(question)
                                .putLong(number)
                                .array());
        };
    }

    private ITopic<byte[]> repliesTo(long question) {
        return member.getTopic(REPLIES + Math.floorMod(question, REPLY_TOPICS));
    }

    private void onReply(Message<byte[]> message) {
        ByteBuffer reply = ByteBuffer.wrap(message.getMessageObject());
        @Nullable Question question = questions.get(reply.getLong());
        Member sender = message.getPublishingMember();
        if (question != null && sender != null) question.onReply(nameOf(sender), reply.getLong());
    }

    /** A question on its way. */
    private static final class Question {
        private final CompletableFuture<Replies> replies = new CompletableFuture<>();
        private final Map<String, Long> numbers = new TreeMap<>(); // guarded by this
        private final Set<String> silent; // guarded by this

        Question(Set<String> asked) {
            silent = new TreeSet<>(asked);
            if (asked.isEmpty()) close();
        }

        boolean isAnswered() {
            return replies.isDone();
        }

        void onReply(String member, long number) {
            synchronized (this) {
                if (!silent.remove(member)) return;
                numbers.put(member, number);
                if (!silent.isEmpty()) return;
            }
            close();
        }

        void close() {
            Replies said;
            synchronized (this) {
                said = new Replies(Map.copyOf(numbers), Set.copyOf(silent));
            }
            replies.complete(said);
        }
    }
}
