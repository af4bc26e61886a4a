// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/**
 * What a worker says of a request that it has leased.
 *
 * @param kind what
 * @param lease of which: {@code {queue}/{id}}
 * @param token that of the lease, if the worker has it still
 * @param state how far it is, as JSON; empty if it does not say
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record FollowUp(Kind kind, String lease, long token, byte[] state) {

    /** What can be said. The names go over the wire. */
    enum Kind {
        /** It has come, and is begun. */
        ACK,
        /** It goes on. */
        EXTEND,
        /** It goes on, and is so far. */
        PROGRESS,
        /** It is not done; somebody else may do it. */
        RELEASE
    }
}
