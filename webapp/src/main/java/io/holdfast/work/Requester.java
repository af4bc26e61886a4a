// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.ResponseSink;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The side of a request that waits in a queue for a worker, and then for the response. Must not block. */
public interface Requester extends ResponseSink {

    /** Whether a client is held meanwhile: it counts as such, and is let go when this member goes down. */
    default boolean isHeld() {
        return true;
    }

    /** The queue knows that the request waits. */
    default void onQueued() {}

    /** A worker is there. The request is given to it if the stage has true, and else given up. */
    default CompletionStage<Boolean> onMatched() {
        return CompletableFuture.completedFuture(true);
    }

    /** The worker has not begun, or has died: the request waits anew. */
    default void onRequeued() {}
}
