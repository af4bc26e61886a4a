// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known name that an operator probably meant by an unknown one. */
public final class Nearest {
    /** One character in so many may be wrong, or two that are swapped, or else the names have nothing to do with each other. */
    private static final int PART = 3;

    private Nearest() {}

    /** The nearest of the known names; empty if none is near. */
    public static Optional<String> to(String name, Collection<String> known) {
        return known.stream()
                .sorted()
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .filter(nearest ->
                        distance(name, nearest) <= Math.max(name.length() > PART ? 2 : 1, name.length() / PART));
    }

    /** The end of a sentence that says of a name that it is unknown. */
    public static String hint(String name, Collection<String> known) {
        return to(name, known).map(nearest -> "; the nearest is " + nearest).orElse("");
    }

    /** How many characters have to be put in, left out or changed. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) row[j] = j;
        for (int i = 1; i <= from.length(); i++) {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = corner + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                corner = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
