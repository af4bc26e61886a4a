// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.client.Holdfast;
import io.holdfast.client.RunningCamera;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** A simulated camera that is connected to this very process. */
final class Demo implements AutoCloseable {
    static final String USER = "USER", PASSWORD = "PASS";
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final Holdfast client;
    private final RunningCamera camera;

    private Demo(Holdfast client, RunningCamera camera) {
        this.client = client;
        this.camera = camera;
    }

    /** Connects it. */
    static Demo start(URI server) {
        Holdfast client = Holdfast.at(server);
        return new Demo(client, client.simulatedCamera("default").every(EVERY).start());
    }

    /** What to try, with the credentials of that user, or of the demonstration's own. */
    static String toTry(URI server, Optional<String> user) {
        String credentials = user.orElse(USER + ":" + PASSWORD);
        return "A camera is connected. Ask for its logs, and without credentials:\n  curl --user " + credentials + " "
                + server + "logs/\n  curl " + server + "logs/";
    }

    @Override
    public void close() {
        camera.stop();
        client.close();
    }
}
