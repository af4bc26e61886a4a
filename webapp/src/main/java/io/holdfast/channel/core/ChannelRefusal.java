// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

/** The reason why a request to a channel failed. */
public final class ChannelRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Why why;

    ChannelRefusal(Why why, String message) {
        super(message, null, false, false);
        this.why = why;
    }

    /** The kinds of refusals. */
    public enum Why {
        /** Nothing was done. */
        UNAVAILABLE,
        /** The outcome is unknown: the request may have been performed. */
        UNKNOWN,
        /** The limit of channels or of bytes is reached. */
        NO_ROOM,
        /** The idempotency key was used for a different publication. */
        OTHER_USE
    }

    public Why why() {
        return why;
    }
}
