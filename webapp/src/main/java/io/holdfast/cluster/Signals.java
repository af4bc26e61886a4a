// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.topic.ITopic;
import com.hazelcast.topic.Message;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Hints between members: "this key of that room has changed, and this is its new state". A signal may be lost, doubled, late or
 * out of order; the sweep is what releases waiters for certain. The sender does not hear its own.
 */
public final class Signals {
    private final ITopic<Signal> topic;
    private final boolean on;
    private final Map<String, BiConsumer<String, byte[]>> listeners = new ConcurrentHashMap<>();

    Signals(ITopic<Signal> topic, boolean on) {
        this.topic = topic;
        this.on = on;
        topic.addMessageListener(this::heard);
    }

    /** Tells the other members; does not wait for them. */
    public void send(String room, String name, byte[] state) {
        if (on) topic.publish(new Signal(room, name, state));
    }

    /** Hears the signals of a room: the name and the state. Runs on a thread of the cluster, so it must be quick. */
    public void listen(String room, BiConsumer<String, byte[]> listener) {
        listeners.put(room, listener);
    }

    private void heard(Message<Signal> message) {
        if (message.getPublishingMember() == null
                || message.getPublishingMember().localMember()) return;
        Signal signal = message.getMessageObject();
        BiConsumer<String, byte[]> listener = listeners.get(signal.room());
        if (listener != null) listener.accept(signal.name(), signal.state());
    }
}
