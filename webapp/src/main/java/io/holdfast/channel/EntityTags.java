// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The header {@code If-None-Match}. Weak and strong tags are treated alike. */
final class EntityTags {
    private static final Pattern TAG = Pattern.compile("\"([^\"]*+)\"");

    private EntityTags() {}

    /** The quoted texts; or the whole header if it has no quotes. */
    static List<String> of(String header) {
        List<String> tags =
                TAG.matcher(header).results().map(EntityTags::inQuotes).toList();
        return tags.isEmpty() ? List.of(header.strip()) : tags;
    }

    private static String inQuotes(MatchResult found) {
        return found.group(1);
    }

    /** Whether the client already has the response with this tag. */
    static boolean match(String header, String tag) {
        return header.strip().equals("*") || of(header).contains(tag);
    }
}
