// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import io.holdfast.client.camera.CameraPaths;
import io.holdfast.client.camera.CameraPlan;
import io.holdfast.client.camera.CameraPoller;
import io.holdfast.client.http.Activities;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A camera for this process to play; {@link #start} begins. It polls until somebody wants its logs, and sends them. Made by
 * {@link Holdfast#camera}.
 */
public final class Camera {
    private final CameraPaths paths;
    private final Activities activities;
    private Supplier<List<String>> logs = List::of;
    private @Nullable UnaryOperator<String> commands;
    private boolean plain;

    Camera(String name, Activities activities) {
        this.paths = new CameraPaths(name);
        this.activities = activities;
    }

    /** Sets the source of all lines of the logs; no lines unless given. If it throws, no dump is sent. */
    public Camera answer(Supplier<List<String>> source) {
        logs = source;
        return this;
    }

    /**
     * Sets the handler of commands; unless given, the camera takes none.
     *
     * @param handler receives a command, JSON on one line, and returns the reply, which must be JSON; if it throws, no reply is sent
     */
    public Camera obey(UnaryOperator<String> handler) {
        commands = handler;
        return this;
    }

    /** Sends a dump as a JSON object, not as a JSON string that contains the object, as the first cameras did. */
    public Camera plain() {
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
        CameraPlan plan = new CameraPlan(paths, logs, commands, plain);
        return activities.start(
                new CameraPoller(plan, activities.addresses().copy(), activities.transport(), listener));
    }
}
