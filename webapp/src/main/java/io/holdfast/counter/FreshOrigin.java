// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import java.util.UUID;

/** The origin under which this member begins to add to counters. It is replaced before it is old enough to be retired. */
final class FreshOrigin {
    private UUID origin = UUID.randomUUID(); // guarded by this
    private long since; // guarded by this

    FreshOrigin(long now) {
        since = now;
    }

    synchronized UUID at(long now) {
        if (now - since > Tally.RETIRED_MILLIS) {
            origin = UUID.randomUUID();
            since = now;
        }
        return origin;
    }
}
