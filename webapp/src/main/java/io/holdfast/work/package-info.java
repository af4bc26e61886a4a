// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Work queues. Workers connect to any member and wait. Requests wait at any member for a free worker, which performs them. Start at
 * {@link io.holdfast.work.WorkRoom}.
 *
 * <p>A request of this member is a {@code QueuedRequest}, an idle worker an {@code IdleWorker}. The {@code Queue}, which the cluster
 * keeps, matches them. The {@code Matchmaker} then finds the {@code Origin} that answers the request. A {@code ConnectionOrigin} is a
 * connection that a worker has opened. A {@code PullOrigin} is a worker that asks for requests. It gets a request with a {@code Lease},
 * which the member of the request keeps. It extends the lease, and answers the request ({@code PullAnswer}), at any member. If the worker
 * is at another member, the {@code Relay} makes a {@code Link} to it.
 *
 * <p>Another room enters requests by {@code WorkQueues}, and takes the requests whose clients do not wait ({@code AsyncRequests}).
 *
 * <p>The room promises:
 * <ul>
 *   <li>Requests get workers in the order in which they came, at any member; a more urgent request comes before a less urgent one.
 *   <li>A worker has one request at a time, each after it said that it was idle.
 *   <li>A request is given to one worker. Another worker gets it only if the first has not seen it, or if its method or its client allows
 *       it to be performed twice. Otherwise, the client is informed that the outcome is unknown.
 *   <li>A lease has one ending. Its token is the number of the match, so a worker that gets the request later has a higher token. A
 *       report with any other token than the newest has no effect.
 *   <li>No thread waits for a worker or a client. The memory for a request is bounded, however long its body and its response are.
 *   <li>A match may be lost or doubled. The members of the request and of the worker agree between themselves, and find lost matches by
 *       a sweep.
 * </ul>
 *
 * <p>May use its inner rooms {@code work.queue} and {@code work.relay}, and {@code kernel}, {@code access}, {@code flow}, {@code waiter},
 * {@code cluster}, {@code http}, {@code http.server}, {@code config}, {@code concurrent} and {@code time}.
 */
@NullMarked
package io.holdfast.work;

import org.jspecify.annotations.NullMarked;
