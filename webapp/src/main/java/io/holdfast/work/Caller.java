// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.http.Headers;

/**
 * Who wants a request performed, as its worker sees it. The worker's side calls one method at a time, on any thread; none blocks. It ends
 * with {@link #end} or {@link #failed}.
 */
interface Caller {

    /** What went wrong. */
    enum Failure {
        /** The worker was not there: it has seen nothing of the request. */
        DECLINED,
        /** It is gone, or its member; perhaps it has done what was asked. */
        DIED,
        /** What it says is not HTTP. */
        MALFORMED,
        /** Nothing came of it for too long. */
        SILENT
    }

    /** So many bytes more of the request's body can be taken. */
    void want(long bytes);

    /** The worker has all of the request; on a {@link Lease}, this was all that it does itself. */
    default void handed() {}

    /** The worker is at it. This may be said beside something else. */
    void progress(byte[] state);

    /**
     * The head of the response.
     *
     * @param length of the body; -1 if nobody knows
     */
    void head(int status, Headers headers, long length);

    /** A piece of its body. */
    void piece(byte[] bytes);

    /** That was all. */
    void end();

    /** There is no more, though there should be. */
    void failed(Failure why, String detail);
}
