// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.limit;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import java.util.Map;
import java.util.TreeMap;

/** Settings that should be alike at all members. Each member shows its own to the others, as attributes. */
public final class Agreement {
    private static final String PREFIX = "holdfast.agreed.";

    private Agreement() {}

    /** Has the member of that configuration show these settings. */
    public static void addTo(Config config, Map<String, String> settings) {
        settings.forEach((key, value) -> config.getMemberAttributeConfig().setAttribute(PREFIX + key, value));
    }

    /** The settings that differ, each with the value of this member and that of the other. */
    public static Map<String, String> breaches(Member here, Member there) {
        Map<String, String> breaches = new TreeMap<>();
        here.getAttributes().forEach((key, value) -> {
            String other = there.getAttribute(key);
            // A member of another version may have other settings.
            if (key.startsWith(PREFIX) && other != null && !other.equals(value))
                breaches.put(key.substring(PREFIX.length()), value + " and " + other);
        });
        return breaches;
    }
}
