// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.Failure;
import io.holdfast.flow.ResponseSink;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The requester of a request that waits in a queue for a worker. It gets the response. Must not block. */
public interface Requester extends ResponseSink {

    /** Whether a client is held in the meantime. If so, it counts as a held request, and is answered when this member goes down. */
    default boolean isHeld() {
        return true;
    }

    /** Whether the part of the queues that is kept for workers and operators is for the request, too. */
    default boolean isFavoured() {
        return false;
    }

    /** The queue has stored that the request waits. */
    default void onQueued() {}

    /** A worker is free. If the stage completes with true, the worker gets the request; otherwise, the request ends. */
    default CompletionStage<Boolean> onMatched() {
        return CompletableFuture.completedFuture(true);
    }

    /** The worker has not begun or has died, as the failure says. The request waits again. */
    default void onRequeued(Failure why) {}
}
