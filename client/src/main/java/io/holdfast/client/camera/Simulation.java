// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.camera;

import io.holdfast.client.CameraListener;
import io.holdfast.client.RunningCamera;
import io.holdfast.client.http.Activity;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.Transport;
import io.holdfast.client.time.Alarm;
import io.holdfast.client.time.Clocks;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A camera that makes up its events. After {@link #start}, everything happens in the turns of its poller. */
public final class Simulation implements RunningCamera, Activity {
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

    /** The newest lines, up to a number of them. */
    static final class NewestLines {
        private final int most;
        private final Deque<String> lines = new ArrayDeque<>();

        NewestLines(int most) {
            this.most = most;
        }

        void add(String line) {
            lines.add(line);
            if (lines.size() > most) lines.remove();
        }

        List<String> all() {
            return List.copyOf(lines);
        }
    }

    private final Duration every;
    private final Clocks clocks;
    private final CameraListener listener;
    private final CameraPoller poller;
    private final NewestLines lines = new NewestLines(MOST_LINES);
    private final Alarm next;

    /** A camera with these paths and an event after each such time. */
    public Simulation(
            CameraPaths paths,
            Duration every,
            boolean isPlain,
            Addresses addresses,
            Transport transport,
            CameraListener listener) {
        this.every = every;
        this.clocks = transport.clocks();
        this.listener = listener;
        this.next = clocks.alarm();
        CameraPlan plan = new CameraPlan(paths, lines::all, this::obey, isPlain);
        this.poller = new CameraPoller(plan, addresses, transport, listener);
    }

    @Override
    public void start() {
        poller.turns().execute(this::addEvent);
        poller.start();
        poller.done().whenComplete((ended, error) -> next.close());
    }

    @Override
    public void stop() {
        poller.stop();
    }

    @Override
    public void abandon() {
        stop();
    }

    @Override
    public CompletionStage<@Nullable Void> done() {
        return poller.done();
    }

    private void addEvent() {
        if (poller.hasEnded()) return;
        addLine(EVENTS.get((int) clocks.random().nextLong(EVENTS.size())));
        next.schedule(every, () -> poller.turns().execute(this::addEvent));
    }

    private String obey(String command) {
        addLine("Command " + command);
        return "{\"done\":true}";
    }

    private void addLine(String what) {
        String line = what + ". " + clocks.wall().instant().truncatedTo(ChronoUnit.MILLIS);
        lines.add(line);
        poller.notifyListener(line, listener::event);
    }
}
