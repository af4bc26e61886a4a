// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Work queues: workers dial in and wait, to any member; requests wait for a free one, at any member, and are performed by it. Start at
 * {@link io.holdfast.work.WorkRoom}.
 *
 * <p>A request of this member is a {@code QueuedRequest}, an idle worker an {@code IdleWorker}. The {@code Queue}, which the cluster keeps,
 * matches them, and the {@code Matchmaker} acts on it: it finds the {@code Origin} that answers the request. That is the connection which a
 * worker has opened ({@code ConnectionOrigin}); or a worker that asks ({@code PullOrigin}) is handed the request and has a {@code Lease}
 * at the member of the request, which it keeps and answers ({@code PullAnswer}) at any member; or either of them is behind a
 * {@code Link} to another member, which the {@code Relay} makes.
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
 * <p>May use its inner rooms {@code work.queue} and {@code work.relay}, and {@code kernel}, {@code access}, {@code flow}, {@code waiter},
 * {@code cluster}, {@code http}, {@code http.server}, {@code config}, {@code concurrent} and {@code time}.
 */
@NullMarked
package io.holdfast.work;

import org.jspecify.annotations.NullMarked;
