// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/**
 * A worker's report on a request that it has leased.
 *
 * @param kind the kind
 * @param lease the name of the lease: {@code {queue}/{id}}
 * @param token the token with which the worker claims the lease
 * @param state the progress as JSON; empty if the worker reports none
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record FollowUp(Kind kind, String lease, String token, byte[] state) {

    /** The kinds. Their names go over the wire. */
    enum Kind {
        /** The worker has the request and begins. */
        ACK,
        /** The worker continues. */
        EXTEND,
        /** The worker continues, and reports its progress. */
        PROGRESS,
        /** The worker has not begun. Another worker may take the request. */
        RELEASE
    }
}
