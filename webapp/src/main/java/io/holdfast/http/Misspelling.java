// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import java.util.List;
import java.util.Optional;

/** Recognizes names that a client has misspelt by one edit: a character too many, too few or wrong, or two neighbours swapped. */
final class Misspelling {
    /** Of shorter names, too many others are one edit away. */
    private static final int SHORTEST = 4;

    private Misspelling() {}

    /** The known name that was meant; empty if the name is known itself, or resembles none. */
    static Optional<String> meant(String name, List<String> known) {
        if (known.contains(name)) return Optional.empty();
        return known.stream()
                .filter(one -> one.length() >= SHORTEST && isOneEdit(name, one))
                .findFirst();
    }

    private static boolean isOneEdit(String one, String other) {
        int start = 0, end = one.length(), otherEnd = other.length();
        while (start < end && start < otherEnd && one.charAt(start) == other.charAt(start)) start++;
        while (end > start && otherEnd > start && one.charAt(end - 1) == other.charAt(otherEnd - 1)) {
            end--;
            otherEnd--;
        }
        int left = end - start, otherLeft = otherEnd - start;
        boolean swapped = left == 2
                && otherLeft == 2
                && one.charAt(start) == other.charAt(start + 1)
                && one.charAt(start + 1) == other.charAt(start);
        return swapped || (left <= 1 && otherLeft <= 1);
    }
}
