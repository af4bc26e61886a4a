// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

/** The body of a held request, as it arrives. */
interface IncomingBody {

    /** Whether nothing more arrives. */
    boolean isComplete();

    /** Whether it broke off, or is malformed. */
    boolean isBroken();

    /**
     * Names what runs when the request has been answered and nothing more arrives: at once, if that is so already.
     *
     * @param whenCut runs instead, if the rest comes too slowly
     */
    void onEnd(Runnable whenEnded, Runnable whenCut);

    /** May come as slowly as it likes from now on. */
    void allowSlowness();

    /** Releases the bytes that have arrived, and drops those that still arrive. */
    void discard();

    /** Releases the bytes that have arrived. */
    void release();

    /** How many bytes have arrived. */
    long bytesReceived();
}
