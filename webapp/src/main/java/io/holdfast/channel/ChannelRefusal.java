// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

/** Why a request to a channel had no success. */
final class ChannelRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Why why;

    ChannelRefusal(Why why, String message) {
        super(message, null, false, false);
        this.why = why;
    }

    /** The kinds of refusals. */
    enum Why {
        /** Nothing was done. */
        UNAVAILABLE,
        /** Nobody can tell whether it was done. */
        UNKNOWN,
        /** There may be no further channel, or no further bytes. */
        NO_ROOM,
        /** The idempotency key was used for something else. */
        OTHER_USE
    }

    Why why() {
        return why;
    }
}
