// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

/** The reason why a queue was not changed, or is not known to have been changed. */
public final class QueueRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Why why;

    /** The reasons. */
    public enum Why {
        /** The queue was not changed: the cluster cannot be asked. */
        UNAVAILABLE,
        /** The cluster has not answered: the queue may have been changed. */
        UNKNOWN,
        TOO_MANY_QUEUES,
        QUEUE_FULL
    }

    QueueRefusal(Why why, String message) {
        super(message, null, false, false);
        this.why = why;
    }

    public Why why() {
        return why;
    }
}
