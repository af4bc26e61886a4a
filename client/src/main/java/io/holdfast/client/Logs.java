// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** A camera's logs that are to be asked for, until {@link #ask}. */
public final class Logs {
    private static final Duration LEAST_WAIT = Duration.ofSeconds(1);

    private final CameraName name;
    private final BiFunction<LogsQuestion, Duration, CompletionStage<Dump>> asker;
    private boolean cached;
    private Duration within = Duration.ofSeconds(30);

    Logs(String name, BiFunction<LogsQuestion, Duration, CompletionStage<Dump>> asker) {
        this.name = new CameraName(name);
        this.asker = asker;
    }

    /** Asks for the last dump that is kept, not for a new one. */
    public Logs cached() {
        cached = true;
        return this;
    }

    /** How long to wait for the camera, and to try again, in whole seconds; 30 s unless given. */
    public Logs within(Duration time) {
        if (time.compareTo(LEAST_WAIT) < 0) throw new IllegalArgumentException("A wait must be 1 s or longer.");
        within = time;
        return this;
    }

    /**
     * Asks. The stage fails with a {@link GaveUpException} if the camera did not answer in time, and with a {@link RefusedException} if the
     * caller is not known, or no dump is kept.
     */
    public CompletionStage<Dump> ask() {
        return asker.apply(new LogsQuestion(name, cached, within), within);
    }
}
