// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** What a simulated camera has seen. After {@link #begin}, everything happens in the turns of its poller. */
final class Simulation {
    private static final int MOST_LINES = 10_000;
    private static final List<String> EVENTS = List.of(
            "Move Left",
            "Move Right",
            "Move Up",
            "Move Down",
            "Detected Motion",
            "User Began Viewing",
            "Brightness Up",
            "Brightness Down");

    private final Duration every;
    private final Surroundings surroundings;
    private final CameraListener listener;
    private final CameraPoller poller;
    private final Newest lines = new Newest(MOST_LINES);
    private Timer.Scheduled next = () -> {};

    Simulation(
            CameraName name,
            Duration every,
            boolean plain,
            Addresses addresses,
            Connection connection,
            CameraListener listener) {
        this.every = every;
        this.surroundings = connection.surroundings();
        this.listener = listener;
        CameraPlan plan = new CameraPlan(name, lines::all, this::obey, plain);
        this.poller = new CameraPoller(plan, addresses, connection, listener);
    }

    CameraPoller poller() {
        return poller;
    }

    void begin() {
        poller.turns().execute(this::see);
        poller.begin();
        poller.done().whenComplete((ended, error) -> poller.turns().execute(() -> next.cancel()));
    }

    private void see() {
        if (poller.isOver()) return;
        note(EVENTS.get((int) surroundings.random().nextLong(EVENTS.size())));
        next = surroundings.timer().after(every, () -> poller.turns().execute(this::see));
    }

    private String obey(String command) {
        note("Command " + command);
        return "{\"done\":true}";
    }

    private void note(String what) {
        String line = what + ". " + surroundings.wall().instant().truncatedTo(ChronoUnit.MILLIS);
        lines.add(line);
        poller.tell(line, listener::event);
    }
}
