// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/** A worker that performs one request, as its caller sees it. Methods may be called on any thread, one at a time; none blocks. */
interface Performer {

    /** A piece of the request's body; no more than was wanted. */
    void piece(byte[] bytes);

    /** That was all of the body. */
    void end();

    /** So many bytes of the response are not in memory any more. */
    void taken(int bytes);

    /** The response, all of which has come, is on its way to the client, or where it is kept. If it is not, it is cancelled. */
    default void kept() {}

    /** Nobody wants it any more; the caller hears nothing more. */
    void cancel();
}
