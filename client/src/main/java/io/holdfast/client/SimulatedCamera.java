// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.time.Duration;

/**
 * A camera that makes up what it sees, until {@link #start}: now and then an event at random. It takes commands: it notes them, and
 * replies <code>{"done":true}</code>. Of its lines it keeps the newest 10,000.
 */
public final class SimulatedCamera {

    /** How a simulation begins. */
    @FunctionalInterface
    interface Starter {
        RunningCamera start(CameraName name, Duration every, boolean plain, CameraListener listener);
    }

    private final CameraName name;
    private final Starter starter;
    private Duration every = Duration.ofSeconds(10);
    private boolean plain;

    SimulatedCamera(String name, Starter starter) {
        this.name = new CameraName(name);
        this.starter = starter;
    }

    /** How long from one event to the next; 10 s unless given. The first is at once. */
    public SimulatedCamera every(Duration time) {
        if (time.isNegative() || time.isZero())
            throw new IllegalArgumentException("The time between events must be longer than nothing.");
        every = time;
        return this;
    }

    /** As {@link Camera#plain}. */
    public SimulatedCamera plain() {
        plain = true;
        return this;
    }

    /** Begins; what goes wrong is logged. */
    public RunningCamera start() {
        return start(new CameraListener() {});
    }

    /** Begins. */
    public RunningCamera start(CameraListener listener) {
        return starter.start(name, every, plain, listener);
    }
}
