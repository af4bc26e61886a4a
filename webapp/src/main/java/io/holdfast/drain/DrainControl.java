// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.drain;

/** The drain as a JMX bean, {@code io.holdfast:type=Drain,context="..."}. */
public interface DrainControl {

    /** {@code serving}, {@code delaying}, {@code releasing} or {@code drained}. */
    String getState();

    /** How many requests of clients are held. */
    int getHolds();

    /** Begins with the delay of the settings. */
    void drain();

    /** Begins with that delay, or shortens one that has begun. */
    void drainWithin(long milliseconds);

    /** Begins, and runs this after the delay in place of refusing requests: for a part of the server that closes its ports. */
    void drainBehind(Runnable door);

    /** Takes the drain back; false if held requests are being answered, or were. */
    boolean takeBack();
}
