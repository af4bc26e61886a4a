// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/** Two servers that do as they are told, a client whose time stands still, and a listener that writes down. */
final class Bench implements AutoCloseable {
    final ScriptedServer server = new ScriptedServer();
    final ScriptedServer other = new ScriptedServer();
    final ManualTime time = new ManualTime();
    final Recorder listener = new Recorder();

    private final Holdfast one = client(Chance.MOST, null, server.uri());
    private final Holdfast both = client(Chance.MOST, null, server.uri(), other.uri());

    Holdfast client(RandomGenerator random, String authorization, URI... addresses) {
        Surroundings surroundings = new Surroundings(time, time, time, random);
        Connection connection = Connection.of(Holdfast.pool(), surroundings, authorization);
        return new Holdfast(Addresses.of(List.of(addresses)), connection, () -> {});
    }

    /** A client that knows the first server only. */
    Holdfast one() {
        return one;
    }

    /** A client that knows both. */
    Holdfast both() {
        return both;
    }

    /** Waits until the client pauses, which must be for so long, and lets that time pass. */
    void pass(Duration pause) {
        await("a pause of " + pause)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertEquals(pause, time.untilNext()));
        time.advance(pause);
    }

    void awaitRequests(ScriptedServer asked, String... lines) {
        await().pollInterval(Duration.ofMillis(5)).untilAsserted(() -> assertEquals(List.of(lines), asked.lines()));
    }

    void awaitTold(String... told) {
        await().pollInterval(Duration.ofMillis(5)).untilAsserted(() -> assertEquals(List.of(told), listener.told));
    }

    String trouble(int index) {
        await().pollInterval(Duration.ofMillis(5)).until(() -> listener.troubles.size() > index);
        return listener.troubles.get(index).what();
    }

    /** How it ended: null as it should, or the exception. */
    static Throwable ending(Following following) throws Exception {
        try {
            following.done().toCompletableFuture().get(60, TimeUnit.SECONDS);
            return null;
        } catch (TimeoutException e) {
            throw e;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    @Override
    public void close() throws IOException {
        one.close();
        both.close();
        server.close();
        other.close();
    }
}
