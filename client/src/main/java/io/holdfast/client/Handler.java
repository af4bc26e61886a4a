// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.IOException;

/** Performs the requests of a worker. Several threads call it at once if the worker's concurrency is more than one. */
@FunctionalInterface
public interface Handler {

    /**
     * Performs a request. After a {@link DeclinedException} another worker may perform it. Any other failure is logged and answered 500.
     * The thread is interrupted when the response is no longer wanted.
     */
    WorkResponse handle(WorkRequest request) throws Exception;

    /**
     * Checks whether the handler can perform anything now. The worker calls it before the first request and after each declined one. If it
     * throws, the worker pauses and calls it again; the message is a sentence.
     */
    default void ready() throws IOException {}
}
