// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import io.holdfast.client.camera.CameraPaths;
import io.holdfast.client.camera.Simulation;
import io.holdfast.client.http.Activities;
import java.time.Duration;

/**
 * A camera that makes up random events; {@link #start} begins. It logs each command, and replies <code>{"done":true}</code>. It keeps its
 * newest 10,000 lines. Made by {@link Holdfast#simulatedCamera}.
 */
public final class SimulatedCamera {
    private final CameraPaths paths;
    private final Activities activities;
    private Duration every = Duration.ofSeconds(10);
    private boolean plain;

    SimulatedCamera(String name, Activities activities) {
        this.paths = new CameraPaths(name);
        this.activities = activities;
    }

    /** Sets the time from one event to the next; 10 s unless given. The first event comes at once. */
    public SimulatedCamera every(Duration time) {
        if (time.isNegative() || time.isZero())
            throw new IllegalArgumentException("The time between events must be longer than zero.");
        every = time;
        return this;
    }

    /** As {@link Camera#plain}. */
    public SimulatedCamera plain() {
        plain = true;
        return this;
    }

    /** As {@link #start(CameraListener)}, with failures logged. */
    public RunningCamera start() {
        return start(new CameraListener() {});
    }

    /**
     * Begins.
     *
     * @throws IllegalArgumentException if the client's addresses are worker ports
     * @throws IllegalStateException if the client is closed
     */
    public RunningCamera start(CameraListener listener) {
        return activities.start(
                new Simulation(paths, every, plain, activities.addresses().copy(), activities.transport(), listener));
    }
}
