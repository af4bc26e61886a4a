// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Work queues: workers dial in and wait, to any member; requests wait for a free one, at any member, and are performed by it. Start at
 * {@link io.holdfast.work.WorkRoom}.
 *
 * <p>A request is a {@code Ticket} of its member, an idle worker a {@code Slot} of its own. The {@code Queue}, which the cluster keeps, is
 * where they meet: it says who is given whom. Then the {@code Relay} passes the request and its response on between the two members, if
 * they are two. A worker is reached by the connection it has opened ({@code WorkerConnection}), or it asks ({@code Pull}), is
 * handed the request ({@code Handover}), and has a {@code Lease} at the member of the request, of which it speaks at whichever member
 * ({@code Leases}, {@code Answering}).
 *
 * <p>Another room enters requests by {@code WorkQueues}, and takes those whose clients do not wait ({@code AsyncRequests}).
 *
 * <p>What the room promises:
 * <ul>
 *   <li>Who came first is given a worker first, whatever member it came to; the more urgent before the less.
 *   <li>A worker has one request at a time, for each time that it said that it was idle.
 *   <li>A request is given to one worker, and to another only if the first has seen nothing of it, or if its method or its client says
 *       that it may be performed twice. Otherwise its client is told that it cannot be known.
 *   <li>A lease has one ending, and its token is the number of the pair: whoever was given the request later has a higher one, and what
 *       is said with another token than the newest counts for nothing.
 *   <li>No thread waits: not for a worker, not for a client. Memory for a request is bounded, however long its body and its response.
 *   <li>What the queue says may be lost or doubled: the members of the request and of the worker agree between themselves, and find
 *       what was lost by looking.
 * </ul>
 *
 * <p>May use its inner room {@code work.queue}, and {@code kernel}, {@code access}, {@code flow}, {@code waiter}, {@code cluster},
 * {@code http}, {@code config}, {@code concurrent} and {@code time}.
 */
@NullMarked
package io.holdfast.work;

import org.jspecify.annotations.NullMarked;
