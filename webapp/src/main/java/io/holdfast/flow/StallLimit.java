// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.time.Timer;
import java.time.Duration;

/**
 * How long nothing may be taken, or come, of what is awaited.
 *
 * @param limit how long
 * @param timer tells when that is over
 */
public record StallLimit(Duration limit, Timer timer) {}
