// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import io.holdfast.channel.log.Totals;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** The channels of the cluster in numbers, as they were counted last. They are for people; the limits do not depend on them. */
final class Census {
    private volatile Totals.Sum newest = new Totals.Sum(0, 0);
    private final AtomicBoolean due = new AtomicBoolean();

    Totals.Sum newest() {
        return newest;
    }

    /** Something has changed that this member knows of. */
    void changed() {
        due.set(true);
    }

    boolean isDue() {
        return due.get();
    }

    /** Counts anew. A change during the count makes the next one due. */
    void take(Supplier<Totals.Sum> counting) {
        due.set(false);
        try {
            newest = counting.get();
        } catch (RuntimeException e) {
            due.set(true);
            throw e;
        }
    }
}
