// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import java.time.Duration;

/**
 * How much of a channel is kept: what exceeds any of these is dropped, oldest first. The newest event is kept whatever its size.
 *
 * @param events how many events
 * @param bytes how many bytes, overhead included
 * @param age how long; a channel without a newer event vanishes whole
 * @param keys how many idempotency keys it remembers
 */
record Retention(int events, long bytes, Duration age, int keys) {}
