// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.http.Headers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;

/**
 * For whom a request is performed. It is called by one at a time, on any thread, and must not block. It ends with {@link #end},
 * {@link #cut} or {@link #refused}.
 */
public interface Customer {

    /** Why there is no response. */
    enum Why {
        /** This member holds as many as it may, or is going down; or as many wait as may. */
        FULL,
        /** There are as many queues as there may be. */
        TOO_MANY_QUEUES,
        /** The cluster cannot tell. Nothing was done. */
        UNAVAILABLE,
        /** There was no worker for it in time. Nothing was done. */
        NOBODY,
        /** Its worker died, and perhaps it was done. */
        DIED,
        /** Its worker does not speak HTTP. */
        MALFORMED,
        /** Its worker says nothing. */
        SILENT
    }

    /** Whether it is held: it counts as such, and is let go when this member goes down. */
    default boolean isHeld() {
        return true;
    }

    /** The queue knows that it waits. */
    default void waits() {}

    /** A worker is there for it, for the how-manieth time; whether it is to be given it. */
    default CompletionStage<Boolean> given(int attempt) {
        return CompletableFuture.completedFuture(true);
    }

    /** It has to wait again. */
    default void queued() {}

    /** Its worker is at it. This may be called beside another. */
    default void progress(byte[] state) {}

    /**
     * The response begins.
     *
     * @param length of its body; -1 if nobody knows
     * @param taken is told how many bytes are not in memory any more
     */
    void head(int status, Headers headers, long length, IntConsumer taken);

    /** A piece of its body. */
    void piece(byte[] bytes);

    /** That was all; completes when it is on its way to the client, or where it is kept, and fails if it is not. */
    CompletionStage<Void> end();

    /** It broke off after it had begun. */
    void cut();

    /** There is none. */
    void refused(Why why, String detail);
}
