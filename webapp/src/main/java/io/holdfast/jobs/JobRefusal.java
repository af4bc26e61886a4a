// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

/** Why something cannot be done with a job, or is not known to have been done. */
final class JobRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Why why;

    /** The kinds. */
    enum Why {
        /** Nothing was done. */
        UNAVAILABLE,
        /** It is not known whether it was done. */
        UNKNOWN,
        TOO_MANY_QUEUES,
        QUEUE_FULL,
        TOO_MANY_JOBS,
        /** There is no room for its bytes. */
        TOO_MUCH,
        OTHER_REQUEST
    }

    JobRefusal(Why why, String message) {
        super(message, null, false, false);
        this.why = why;
    }

    Why why() {
        return why;
    }
}
