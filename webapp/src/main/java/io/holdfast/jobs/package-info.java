// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Jobs: requests for work queues whose clients are not connected while they wait. Start at {@link io.holdfast.jobs.JobRoom}.
 *
 * <p>The cluster keeps each {@code Job}. One member is its home: there a {@code JobHome} attempts it, and each {@code JobAttempt} enters it
 * into its queue and receives the response of its worker. The bodies of requests and responses are kept beside the jobs, in pieces.
 *
 * <p>The room promises:
 * <ul>
 *   <li>A job that was acknowledged is on the backups, and has one home. If that member is lost, another takes its place, and later
 *       steps of the first do not count.
 *   <li>The cluster records that a job is given to a worker before the worker receives it.
 *   <li>No thread waits for the cluster, a worker or a client. Memory is bounded, however long a body is.
 * </ul>
 *
 * <p>May use {@code work}, {@code kernel}, {@code access}, {@code flow}, {@code waiter}, {@code cluster}, {@code http}, {@code config},
 * {@code concurrent} and {@code time}.
 */
@NullMarked
package io.holdfast.jobs;

import org.jspecify.annotations.NullMarked;
