// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.Locale;

/** A way to attach a worker to a member. The queues are the same for all of them. */
public enum Attachment {
    /** The worker pulls each request over plain HTTP. This works through any proxy, and survives the loss of any member. */
    PULL,
    /** The worker upgrades a connection of HTTP, which then carries one request after the other. */
    UPGRADE,
    /** {@link #UPGRADE} at addresses that support it, {@link #PULL} at others. */
    AUTO,
    /** The worker connects to a worker port, {@code tcp://HOST:PORT}. */
    TCP;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
