// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.IOException;

/** What a worker does with what it is given. Called by several threads at once if the worker's concurrency allows it. */
@FunctionalInterface
public interface Handler {

    /**
     * Performs a request. If it throws a {@link DeclinedException}, another worker may perform it; if it throws anything else, that is
     * logged, and answered 500. It is interrupted when nobody wants the response any more.
     */
    WorkResponse handle(WorkRequest request) throws Exception;

    /**
     * Whether it can perform anything now; if it throws, a sentence says why not, and it is asked again after a pause. Asked before the
     * first request, and after each that was declined.
     */
    default void ready() throws IOException {}
}
