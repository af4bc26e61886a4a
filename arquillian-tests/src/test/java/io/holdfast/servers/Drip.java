// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import io.holdfast.testing.Line;
import io.holdfast.testing.OwnTime;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A request of which a little is sent every second, until the server answers or closes the connection. */
final class Drip implements AutoCloseable {
    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "drips");
        thread.setDaemon(true);
        return thread;
    });

    private final Line line;
    private final String drop;
    private final long begun = OwnTime.now();
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private final ScheduledFuture<?> sending;
    private int left; // of the timer's thread

    /**
     * How it has ended.
     *
     * @param answer the head of the answer, or nothing
     * @param after the time since it began
     */
    record End(String answer, Duration after) {
        boolean isBefore(Duration time) {
            return after.compareTo(time) < 0;
        }
    }

    private Drip(Line line, String drop, int seconds) {
        this.line = line;
        this.drop = drop;
        this.left = seconds;
        sending = TIMER.scheduleAtFixedRate(this::goOn, 1, 1, TimeUnit.SECONDS);
    }

    /** Sends that on the connection every second, for so many seconds. */
    static Drip of(Line line, String drop, int seconds) {
        return new Drip(line, drop, seconds);
    }

    private void goOn() {
        try {
            if (line.hasNews()) end.complete(new End(line.readTo("\r\n\r\n"), OwnTime.since(begun)));
            else if (left-- > 0) line.send(drop);
        } catch (SocketException closed) {
            end.complete(new End("", OwnTime.since(begun)));
        } catch (IOException | RuntimeException | AssertionError fault) {
            end.completeExceptionally(fault);
        }
        if (end.isDone()) sending.cancel(false);
    }

    /** Waits for its end. */
    End end() throws Exception {
        return end.get(Server.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        sending.cancel(false);
        line.close();
    }
}
