// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

/** A monotonic clock: differences of two readings are durations; a single reading means nothing, least of all in another JVM. */
@FunctionalInterface
public interface Ticker {

    /** The present reading, in nanoseconds. */
    long nanos();

    /** The JVM's own monotonic clock. It runs on while the process is stopped. */
    static Ticker system() {
        return System::nanoTime;
    }
}
