// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.pace.Sender;

/** The body of a held request, as it arrives. */
interface IncomingBody {

    /** Its sender, who knows its end. */
    Sender sender();

    /** Whether it broke off, or is malformed. */
    boolean isBroken();

    /** Releases the bytes that have arrived, and drops those that still arrive. */
    void discard();

    /** Releases the bytes that have arrived. */
    void release();

    /** How many bytes have arrived. */
    long bytesReceived();
}
