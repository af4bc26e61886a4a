// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

/** What was asked of a counter was not done, or it is not known whether it was. */
public final class CounterRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Why {
        /** The counter stands at the greatest value there is. Nothing was done. */
        OVERFLOW,
        /** It would be a new counter, and there are as many as there may be. Nothing was done. */
        TOO_MANY,
        /** The cluster cannot vouch for the counter now. Nothing was done. */
        UNAVAILABLE,
        /** The increment may or may not have been applied. */
        UNKNOWN
    }

    private final Why why;

    CounterRefusal(Why why, String message) {
        super(message, null, false, false);
        this.why = why;
    }

    /** Why. */
    public Why why() {
        return why;
    }
}
