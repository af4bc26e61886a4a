// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.counter.Counters;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import org.jspecify.annotations.Nullable;

/** The facades of the rooms as CDI beans, for code that is deployed with Holdfast, such as a bridge from a message queue. */
@ApplicationScoped
public class Rooms {
    private @Nullable Holdfast holdfast;

    void opened(Holdfast opened) {
        holdfast = opened;
    }

    /** The counters. */
    @Produces
    @Dependent
    public Counters counters() {
        if (holdfast == null) throw new IllegalStateException("Holdfast is not up yet");
        return holdfast.counters();
    }
}
