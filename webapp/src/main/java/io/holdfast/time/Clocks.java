// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import java.time.InstantSource;

/**
 * The three kinds of time, handed around together.
 *
 * @param wall for humans, headers and what is stored
 * @param ticker for durations
 * @param timer to run something later
 */
public record Clocks(InstantSource wall, Ticker ticker, Timer timer) {}
