// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

/** Thrown where a filter cannot be applied: its subscription is at an end. The message says why, in the words of Pushpin. */
public final class FilterException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean unfinished;

    FilterException(String message) {
        this(message, false);
    }

    private FilterException(String message, boolean unfinished) {
        super(message, null, false, false);
        this.unfinished = unfinished;
    }

    /** Where there is not enough to be wrong yet. */
    static FilterException unfinished(String message) {
        return new FilterException(message, true);
    }

    /** Whether more might have made it right. */
    boolean isUnfinished() {
        return unfinished;
    }

    /** The same, with a word before it. */
    FilterException in(String place) {
        return new FilterException(place + ": " + getMessage(), unfinished);
    }
}
