// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/** Why work cannot be done, or is not known to have been done. */
final class WorkRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Why why;

    /** The kinds. */
    enum Why {
        /** Nothing was done. */
        UNAVAILABLE,
        /** It cannot be told whether it was. */
        UNKNOWN,
        TOO_MANY_QUEUES,
        QUEUE_FULL
    }

    WorkRefusal(Why why, String message) {
        super(message, null, false, false);
        this.why = why;
    }

    Why why() {
        return why;
    }
}
