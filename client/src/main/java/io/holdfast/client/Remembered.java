// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The newest ids that were taken, of all channels of a follower, so that none is taken twice. */
final class Remembered {
    private static final int MOST = 10_000;

    private final Set<String> keys = new LinkedHashSet<>();

    /** Whether it was taken, under its id or under the one it had before. */
    boolean knows(Event event) {
        return keys.contains(key(event.channel(), event.id()))
                || (event.was() != null && keys.contains(key(event.channel(), event.was())));
    }

    /** Remembers what was taken; under both ids, since a stale answer may still come with the former. */
    void add(Event event) {
        add(key(event.channel(), event.id()));
        if (event.was() != null) add(key(event.channel(), event.was()));
    }

    private void add(String key) {
        // Last again, if it was there.
        keys.remove(key);
        keys.add(key);
        if (keys.size() > MOST) keys.remove(keys.iterator().next());
    }

    private static String key(@Nullable String channel, String id) {
        return (channel == null ? "" : channel) + '\n' + id;
    }
}
