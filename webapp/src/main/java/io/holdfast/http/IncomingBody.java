// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

/** The body of a held request, as it comes in. */
interface IncomingBody {

    /** Whether nothing comes any more. */
    boolean isOver();

    /** Runs the task when nothing comes any more, if not at once. */
    void whenOver(Runnable task);

    /** Nobody waits for the bytes any more, or needs them: what still comes is thrown away. */
    void abandon();

    /** The bytes that have come are not needed any more. */
    void release();

    /** How many bytes have come. */
    long come();
}
