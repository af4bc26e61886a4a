// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import org.jspecify.annotations.Nullable;

/**
 * Something that answers requests: a backend, a worker, another member.
 *
 * @param <R> the form of a request that this origin needs
 */
@FunctionalInterface
public interface Origin<R> {
    /**
     * Starts to answer a request. The sink may be called before this returns, and on any thread, one method at a time. An origin that has
     * not begun the request fails with {@link Failure.Kind#DECLINED}.
     *
     * @param body null if the request has none; the origin opens it when it is ready for it
     */
    Running start(R request, @Nullable RequestBody body, ResponseSink sink);
}
