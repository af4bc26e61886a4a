// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

/** Thrown if a filter cannot be applied, which ends its subscription. The message says why, in the words of Pushpin. */
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

    /** An exception for a text that more content may complete. */
    static FilterException unfinished(String message) {
        return new FilterException(message, true);
    }

    /** Whether more content may make the text right. */
    boolean isUnfinished() {
        return unfinished;
    }

    /** The same exception with a prefix in its message. */
    FilterException in(String place) {
        return new FilterException(place + ": " + getMessage(), unfinished);
    }
}
