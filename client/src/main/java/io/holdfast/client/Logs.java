// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import io.holdfast.client.camera.CameraPaths;
import io.holdfast.client.camera.LogsRequest;
import io.holdfast.client.http.Activities;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A question for the logs of a camera, until {@link #ask}. Made by {@link Holdfast#logs}. */
public final class Logs {
    private static final Duration LEAST_WAIT = Duration.ofSeconds(1);

    private final CameraPaths paths;
    private final Activities activities;
    private boolean cached;
    private Duration within = Duration.ofSeconds(30);

    Logs(String name, Activities activities) {
        this.paths = new CameraPaths(name);
        this.activities = activities;
    }

    /** Asks for the last dump that the server keeps, not for a new one. */
    public Logs cached() {
        cached = true;
        return this;
    }

    /** Sets how long to wait for the camera and to retry, in whole seconds; 30 s unless given, 1 s at least. */
    public Logs within(Duration time) {
        if (time.compareTo(LEAST_WAIT) < 0) throw new IllegalArgumentException("A wait must be 1 s or longer.");
        within = time;
        return this;
    }

    /**
     * Asks. The stage fails with a {@link GaveUpException} if the camera does not answer in time. It fails with a {@link RefusedException}
     * if the server does not accept the caller, or keeps no dump.
     */
    public CompletionStage<Dump> ask() {
        return activities.call(new LogsRequest(paths, cached, within), within);
    }
}
