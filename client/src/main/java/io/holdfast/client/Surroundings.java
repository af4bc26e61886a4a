// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.time.InstantSource;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Time in its three kinds, and chance: what a test replaces.
 *
 * @param timer runs things later
 * @param ticker for durations
 * @param wall for what HTTP gives as a date
 * @param random for jitter; safe for use by several threads
 */
record Surroundings(Timer timer, Ticker ticker, InstantSource wall, RandomGenerator random) {

    static Surroundings real(Timer timer) {
        return new Surroundings(timer, System::nanoTime, InstantSource.system(), new Random());
    }
}
