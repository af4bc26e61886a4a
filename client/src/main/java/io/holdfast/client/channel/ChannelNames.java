// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import io.holdfast.client.http.Names;
import java.util.List;
import java.util.Optional;

/** The names of 1 to 32 channels. */
public record ChannelNames(List<String> names) {
    private static final int MOST = 32;

    /** Checks the names, and copies them. */
    public ChannelNames {
        if (names.isEmpty() || names.size() > MOST)
            throw new IllegalArgumentException("1 to " + MOST + " channels are needed, not " + names.size() + ".");
        for (String name : names) Names.check("channel", name);
        names = List.copyOf(names);
    }

    /** The path of their events. */
    String eventsPath() {
        return "/channels/" + String.join(",", names) + "/events";
    }

    /** The name, if there is one channel only. */
    Optional<String> single() {
        return names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty();
    }
}
