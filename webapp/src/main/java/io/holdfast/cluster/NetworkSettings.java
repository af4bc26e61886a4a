// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import io.holdfast.cluster.join.HazelcastLog;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Settings of Hazelcast that it reads from system properties only. They are set while a member starts, and restored.
 *
 * <p>By default, a thread of Hazelcast 5.7 that writes is sometimes not woken if the connection of a peer has just been closed. The
 * data then waits until the selector times out, after five seconds. That is as long as our heartbeat limit: when one member of three
 * was frozen, the other two lost each other in about every second try. See docs/decisions/0008.
 */
final class NetworkSettings {
    private static final Map<String, String> SETTINGS = Map.of(
            "hazelcast.logging.class", HazelcastLog.class.getName(),
            "hazelcast.io.write.through", "false",
            "hazelcast.io.selectionKeyWakeupEnabled", "false",
            "hazelcast.io.select.wait.time.millis", "500");

    private NetworkSettings() {}

    static synchronized <T> T during(Supplier<T> start) {
        Map<String, @Nullable String> before = new HashMap<>();
        SETTINGS.forEach((name, value) -> before.put(name, System.setProperty(name, value)));
        try {
            return start.get();
        } finally {
            before.forEach(NetworkSettings::restore);
        }
    }

    private static void restore(String name, @Nullable String value) {
        if (value == null) System.clearProperty(name);
        else System.setProperty(name, value);
    }
}
