// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.Locale;

/** How a worker is attached to a member. The queues are the same. */
public enum Attachment {
    /** It asks for each request over plain HTTP: works through any proxy, and survives the loss of any member. */
    PULL,
    /** Its connection is upgraded, and carries one request after the other. */
    UPGRADE,
    /** {@link #UPGRADE} where that can be done, {@link #PULL} elsewhere. */
    AUTO,
    /** It connects to a worker port, {@code tcp://HOST:PORT}. */
    TCP;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
