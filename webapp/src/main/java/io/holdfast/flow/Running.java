// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

/** A request that is being answered. */
@FunctionalInterface
public interface Running {
    /** A request that has ended or was declined. */
    Running NONE = () -> {};

    /** Cancels the request, unless it has ended, because the response is not wanted any more. Its sinks get no ending. */
    void cancel();
}
