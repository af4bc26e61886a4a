// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A camera that this process is to play, until {@link #start}: it asks whether somebody wants its logs, and sends them. */
public final class Camera {
    private final CameraName name;
    private final BiFunction<CameraPlan, CameraListener, RunningCamera> starter;
    private Supplier<List<String>> logs = List::of;
    private @Nullable UnaryOperator<String> commands;
    private boolean plain;

    Camera(String name, BiFunction<CameraPlan, CameraListener, RunningCamera> starter) {
        this.name = new CameraName(name);
        this.starter = starter;
    }

    /** What the camera says when its logs are wanted: all of them. If it throws, there is no dump. None unless given. */
    public Camera answer(Supplier<List<String>> source) {
        logs = source;
        return this;
    }

    /**
     * What the camera does with a command, which is JSON on one line, and replies, which must be JSON. If it throws, there is no reply.
     * Unless given, the camera takes no commands.
     */
    public Camera obey(UnaryOperator<String> handler) {
        commands = handler;
        return this;
    }

    /** Sends a dump as the JSON object it is, not as a JSON string that contains the object, as the first cameras did. */
    public Camera plain() {
        plain = true;
        return this;
    }

    /** Begins; what goes wrong is logged. */
    public RunningCamera start() {
        return start(new CameraListener() {});
    }

    /** Begins. */
    public RunningCamera start(CameraListener listener) {
        return starter.apply(new CameraPlan(name, logs, commands, plain), listener);
    }
}
