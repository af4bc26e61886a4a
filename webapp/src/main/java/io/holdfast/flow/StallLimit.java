// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.time.Timer;
import java.time.Duration;

/**
 * The longest time without progress while more is awaited.
 *
 * @param limit the time
 * @param timer notices the end of that time
 */
public record StallLimit(Duration limit, Timer timer) {}
