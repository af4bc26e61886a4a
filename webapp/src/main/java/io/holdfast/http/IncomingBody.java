// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

/** The body of a held request, as it arrives. */
interface IncomingBody {

    /** Whether nothing more arrives. */
    boolean isComplete();

    /** Whether it broke off, or is malformed. */
    boolean isBroken();

    /** Runs the task when nothing more arrives: at once, if that is so already. */
    void onEnd(Runnable task);

    /** Releases the bytes that have arrived, and drops those that still arrive. */
    void discard();

    /** Releases the bytes that have arrived. */
    void release();

    /** How many bytes have arrived. */
    long bytesReceived();
}
