// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/**
 * A worker tells how far it is with a request that it has leased.
 *
 * @param kind the kind
 * @param lease which lease: {@code {queue}/{id}}
 * @param token the token of the lease, if the worker still has that
 * @param state how far the worker is, as JSON; empty if it does not say
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record FollowUp(Kind kind, String lease, long token, byte[] state) {

    /** The kinds. Their names go over the wire. */
    enum Kind {
        /** The worker has the request, and begins. */
        ACK,
        /** The worker goes on. */
        EXTEND,
        /** The worker goes on, and tells how far it is. */
        PROGRESS,
        /** The worker has done nothing; another may. */
        RELEASE
    }
}
