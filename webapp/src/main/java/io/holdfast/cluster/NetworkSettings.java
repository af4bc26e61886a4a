// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What Hazelcast's networking reads from system properties only: set while a member starts, and put back.
 *
 * <p>With its default way of waking a writing thread, Hazelcast 5.7 now and then leaves what a member has to send lying until the
 * selector times out, five seconds later, when a peer's connection has just been closed. That is as long as our heartbeat limit,
 * so that freezing one member of three split the other two in about every second try. See docs/decisions/0008.
 */
final class NetworkSettings {
    private static final Map<String, String> SETTINGS = Map.of(
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
