// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A channel that a request is held on.
 *
 * @param name as the backend calls it, in {@code Grip-Last} and in filters
 * @param topic as publishers call it: the name after the prefix of the route
 * @param prevId the last item that the response knows of; null if it does not say
 * @param filters in their order, at most 5
 */
public record GripChannel(
        String name, String topic, @Nullable String prevId, List<String> filters) {
    /** The most filters that a channel may have. */
    public static final int MOST_FILTERS = 5;
    /** How many bytes a name may have, in UTF-8. */
    private static final int LONGEST_NAME = 512;

    /** Whether that may be the name of one. */
    public static boolean isName(String name) {
        return name.length() <= LONGEST_NAME && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
    }

    public GripChannel {
        filters = List.copyOf(filters);
    }
}
