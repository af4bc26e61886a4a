// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import java.time.Duration;

/**
 * How much of a channel is kept. Events that exceed any of these bounds are dropped, oldest first. The newest event is always kept.
 *
 * @param events how many events
 * @param bytes how many bytes, overhead included
 * @param age how long an event is kept; a channel without a newer event vanishes as a whole
 * @param keys how many idempotency keys it remembers
 */
public record Retention(int events, long bytes, Duration age, int keys) {}
