// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import io.holdfast.faults.Ledger.Stall;
import io.holdfast.testing.OwnTime;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Clients of one counter, on a handful of threads. Pollers are held and return with the value that they saw, readers are not held, and
 * writers increment. Each waits a little between its requests, as well-behaved clients do.
 */
final class Crowd implements AutoCloseable {
    /** The time after which a client gives up, long after the ledger calls it a fault. */
    private static final Duration GIVE_UP = Duration.ofSeconds(40);

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    /** How long a member tries to answer a request that is not held. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Http http = new Http();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "crowd");
        thread.setDaemon(true);
        return thread;
    });
    private final Ledger ledger;
    private final Phaser present = new Phaser(1);
    private volatile boolean stopping;

    Crowd(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Adds clients that poll in a loop and are held for that long at most. The supplier gives the address of each request. */
    void pollers(int count, Supplier<URI> counter, Duration wait, Duration between) {
        for (int i = 0; i < count; i++) join(new Poller(counter, wait, between));
    }

    /** Adds clients that read in a loop without a hold. */
    void readers(int count, Supplier<URI> counter, Duration between) {
        for (int i = 0; i < count; i++) join(new Reader(counter, between));
    }

    /** Adds clients that increment in a loop, and try each increment until it is acknowledged. */
    void writers(int count, Supplier<URI> counter, Duration between) {
        for (int i = 0; i < count; i++) join(new Writer(counter, between));
    }

    private void join(Client client) {
        present.register();
        client.next(client.between);
    }

    /** Waits until every client has ended its present request. */
    void stop() {
        stopping = true;
        try {
            present.awaitAdvanceInterruptibly(present.arrive(), GIVE_UP.toSeconds() + 10, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(present.getUnarrivedParties() + " clients have not come back", e);
        }
    }

    @Override
    public void close() {
        stopping = true;
        timer.shutdownNow();
        http.close();
    }

    private abstract class Client {
        private final Duration between;

        Client(Duration between) {
            this.between = between;
        }

        /** Sends one request. Completes when it has its answer, with the pause before the next request. */
        abstract CompletableFuture<Duration> once();

        /** Whether the client may stop now. */
        boolean mayStop() {
            return true;
        }

        final void next(Duration pause) {
            long millis = pause.toMillis();
            long spread = millis / 2 + ThreadLocalRandom.current().nextLong(millis + 1);
            var unused = timer.schedule(this::step, spread, TimeUnit.MILLISECONDS);
        }

        private void step() {
            if (stopping && mayStop()) {
                present.arriveAndDeregister();
                return;
            }
            var unused = once().whenComplete((pause, error) -> {
                if (error != null) ledger.fault("a client of the test failed: " + error);
                next(error == null ? pause : between);
            });
        }
    }

    private final class Poller extends Client {
        private final Supplier<URI> counter;
        private final Duration wait, between;
        private long last;

        Poller(Supplier<URI> counter, Duration wait, Duration between) {
            super(between);
            this.counter = counter;
            this.wait = wait;
            this.between = between;
        }

        @Override
        CompletableFuture<Duration> once() {
            long begun = OwnTime.now();
            URI uri = URI.create(counter.get() + "?last=" + last + "&wait=" + wait.toSeconds());
            return http.get(uri, GIVE_UP)
                    .handle((response, error) -> answered(response, OwnTime.since(begun + wait.toNanos())));
        }

        private Duration answered(@Nullable HttpResponse<String> response, Duration overdue) {
            if (response == null || response.statusCode() != 200) {
                ledger.refusals().note("poller", response);
                ledger.failedRead(overdue);
                return BETWEEN_TRIES.multipliedBy(4);
            }
            String body = response.body().strip();
            if (body.equals("{}")) {
                ledger.nothingNew(overdue);
            } else {
                long value = Long.parseLong(body);
                ledger.released(last, value, overdue);
                last = value;
            }
            return between;
        }
    }

    private final class Reader extends Client {
        private final Supplier<URI> counter;
        private final Duration between;
        private long last;

        Reader(Supplier<URI> counter, Duration between) {
            super(between);
            this.counter = counter;
            this.between = between;
        }

        @Override
        CompletableFuture<Duration> once() {
            long begun = OwnTime.now();
            long floor = Math.max(last, ledger.greatest());
            return http.get(counter.get(), GIVE_UP).handle((response, error) -> {
                if (response == null || response.statusCode() != 200) {
                    ledger.refusals().note("reader", response);
                    // It is not held, so its deadline is that of the server.
                    ledger.failedRead(OwnTime.since(begun + PATIENCE.toNanos()));
                    return BETWEEN_TRIES.multipliedBy(4);
                }
                last = Long.parseLong(response.body().strip());
                ledger.read(floor, last);
                return between;
            });
        }
    }

    private final class Writer extends Client {
        private final Supplier<URI> counter;
        private final Duration between;
        private long begun;
        private boolean trying;
        private String story = "";

        Writer(Supplier<URI> counter, Duration between) {
            super(between);
            this.counter = counter;
            this.between = between;
        }

        @Override
        boolean mayStop() {
            return !trying;
        }

        @Override
        CompletableFuture<Duration> once() {
            if (!trying) {
                begun = OwnTime.now();
                story = "begun " + Instant.now();
            }
            trying = true;
            long floor = ledger.greatest();
            return http.post(counter.get(), GIVE_UP).handle((response, error) -> {
                story += ", at " + Instant.now() + " " + (response == null ? error : response.statusCode());
                if (response != null && response.statusCode() == 200) {
                    trying = false;
                    ledger.acknowledged(
                            Long.parseLong(response.body().strip()), floor, new Stall(OwnTime.since(begun), story));
                    return between;
                }
                ledger.refusals().note("writer", response);
                if (response != null && response.body().contains("\"outcome\":\"none\"")) ledger.refused();
                else ledger.unknown();
                return BETWEEN_TRIES;
            });
        }
    }
}
