// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.client.Holdfast;
import io.holdfast.client.RunningCamera;
import java.net.URI;
import java.time.Duration;

/** A simulated camera that is connected to this process. */
final class Demo implements AutoCloseable {
    static final String CREDENTIALS = "USER:PASS";
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final Holdfast client;
    private final RunningCamera camera;

    private Demo(Holdfast client, RunningCamera camera) {
        this.client = client;
        this.camera = camera;
    }

    /** Connects the camera with the credentials of that user, because cameras may need them. */
    static Demo start(URI server, String credentials) {
        String[] pair = credentials.split(":", 2);
        Holdfast client = Holdfast.as(pair[0], pair[1], server);
        return new Demo(client, client.simulatedCamera("default").every(EVERY).start());
    }

    /** The commands to try as that user. They show the password only of the demonstration's own user. */
    static String toTry(URI server, String credentials) {
        String user =
                credentials.equals(CREDENTIALS) ? credentials : credentials.split(":", 2)[0];
        String known = credentials.equals(CREDENTIALS) ? " The demo's user is USER, and the password is PASS." : "";
        return "A camera is connected. Ask for its logs, and without credentials:\n  curl --user " + user + " " + server
                + "logs/\n  curl " + server + "logs/" + (known.isEmpty() ? "" : "\n" + known.strip());
    }

    @Override
    public void close() {
        camera.stop();
        client.close();
    }
}
