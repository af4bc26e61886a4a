// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.time;

import java.time.InstantSource;

/**
 * The kinds of time, handed around together.
 *
 * @param wall the clock of this machine: for logs, and for tokens that another machine has signed
 * @param cluster the time of the cluster: for all that is stored and compared by several members
 * @param ticker for durations
 * @param timer to run something later
 */
public record Clocks(InstantSource wall, InstantSource cluster, Ticker ticker, Timer timer) {

    /** The times of a process that shares nothing with others. */
    public Clocks(InstantSource wall, Ticker ticker, Timer timer) {
        this(wall, wall, ticker, timer);
    }

    /** The times of this process, before it joins a cluster. */
    public static Clocks system(Timer timer) {
        return new Clocks(InstantSource.system(), Ticker.system(), timer);
    }
}
