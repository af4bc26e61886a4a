// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

/** A request to a counter that was not done, or of which it is not known whether it was. */
public final class CounterRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The reasons. */
    public enum Why {
        /** The counter has the greatest possible value. Nothing was done. */
        OVERFLOW,
        /** The counter would be a new one, and there are as many as there may be. Nothing was done. */
        TOO_MANY,
        /** This member cannot vouch for the counter now. Nothing was done. */
        UNAVAILABLE,
        /** The increment or the removal may or may not have been applied. */
        UNKNOWN
    }

    private final Why why;

    CounterRefusal(Why why, String message) {
        super(message, null, false, false);
        this.why = why;
    }

    /** The reason. */
    public Why why() {
        return why;
    }
}
