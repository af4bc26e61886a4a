// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * The queues that the cluster keeps: which requests wait, which workers are idle, and which request is matched with which worker. Start
 * at {@link io.holdfast.work.queue.Queues}.
 *
 * <p>The room promises:
 * <ul>
 *   <li>Requests are matched in the order in which they came, whichever member they came to; a more urgent one before a less urgent one.
 *   <li>A step counts once, however often it is sent, and is on the backups when its stage completes.
 *   <li>Numbers of places and tokens of matches only grow.
 * </ul>
 *
 * <p>May use {@code cluster} and {@code time}; nothing here concerns HTTP.
 */
@NullMarked
package io.holdfast.work.queue;

import org.jspecify.annotations.NullMarked;
