// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import io.holdfast.client.Event;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ids of the newest 10,000 events that one follower has delivered, of all its channels. */
final class DeliveredIds {
    private static final int MOST = 10_000;

    private final Set<String> keys = new LinkedHashSet<>();

    /** Whether the event was delivered, under its id or under the id that it had before. */
    boolean contains(Event event) {
        return keys.contains(key(event.channel(), event.id()))
                || (event.was() != null && keys.contains(key(event.channel(), event.was())));
    }

    /** Adds both ids of the event, since a stale answer may still contain the former one. */
    void add(Event event) {
        add(key(event.channel(), event.id()));
        if (event.was() != null) add(key(event.channel(), event.was()));
    }

    private void add(String key) {
        // A key that was there moves to the end.
        keys.remove(key);
        keys.add(key);
        if (keys.size() > MOST) keys.remove(keys.iterator().next());
    }

    private static String key(@Nullable String channel, String id) {
        return (channel == null ? "" : channel) + '\n' + id;
    }
}
