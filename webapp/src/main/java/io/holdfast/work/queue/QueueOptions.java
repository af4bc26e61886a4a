// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.queue;

import java.time.Duration;

/**
 * The limits of the queues.
 *
 * @param patience how long a change may wait for the cluster
 * @param length how many requests may wait in one queue
 * @param queues how many queues there may be
 */
public record QueueOptions(Duration patience, int length, int queues) {}
