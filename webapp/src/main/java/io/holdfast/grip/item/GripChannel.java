// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A channel that a request is held on.
 *
 * @param name the name that the backend uses, in {@code Grip-Last} and in filters
 * @param topic the name that publishers use: the name with the prefix of the route
 * @param prevId the id of the last item that the response includes; null if it does not say
 * @param filters the filters in their order, at most 5
 */
public record GripChannel(
        String name, String topic, @Nullable String prevId, List<String> filters) {
    /** The most filters that a channel may have. */
    public static final int MOST_FILTERS = 5;
    /** The longest name, in bytes of UTF-8. */
    private static final int LONGEST_NAME = 512;

    /** Whether a channel may have this name. */
    public static boolean isName(String name) {
        return name.length() <= LONGEST_NAME && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
    }

    public GripChannel {
        filters = List.copyOf(filters);
    }
}
