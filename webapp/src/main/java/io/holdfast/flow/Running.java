// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

/** A request that is being answered. */
@FunctionalInterface
public interface Running {
    /** A request that has ended, or was declined. */
    Running NONE = () -> {};

    /** Breaks it off, unless it has ended: nobody wants the response any more. Its sinks get no ending then. */
    void cancel();
}
