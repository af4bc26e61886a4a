// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

/** Monotonic time, for durations; a reading means nothing by itself. */
@FunctionalInterface
interface Ticker {

    /** The reading, in nanoseconds. */
    long nanos();
}
