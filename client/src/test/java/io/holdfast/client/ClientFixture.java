// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.holdfast.client.http.Activities;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.Transport;
import io.holdfast.client.testing.FixedRandom;
import io.holdfast.client.testing.ManualTime;
import io.holdfast.client.testing.RecordingListener;
import io.holdfast.client.testing.ScriptedServer;
import io.holdfast.client.time.Clocks;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Two scripted servers, clients whose time stands still, and a recording listener. */
public final class ClientFixture implements AutoCloseable {
    public final ScriptedServer server = new ScriptedServer();
    public final ScriptedServer other = new ScriptedServer();
    public final ManualTime time = new ManualTime();
    public final RecordingListener listener = new RecordingListener();

    private final Holdfast one = client(FixedRandom.MOST, null, server.uri());
    private final Holdfast both = client(FixedRandom.MOST, null, server.uri(), other.uri());

    public Holdfast client(RandomGenerator random, String authorization, URI... addresses) {
        return client(time.clocks(random), authorization, addresses);
    }

    public static Holdfast client(Clocks clocks, String authorization, URI... addresses) {
        Transport transport = Transport.of(Transport.newPool(), clocks, authorization);
        return new Holdfast(new Activities(Addresses.of(List.of(addresses)), transport), () -> {});
    }

    /** A client that has the address of the first server only. */
    public Holdfast one() {
        return one;
    }

    /** A client that has the addresses of both servers. */
    public Holdfast both() {
        return both;
    }

    /** Waits until the client pauses, which must be for that time, and advances the time by it. */
    public void pass(Duration pause) {
        await("a pause of " + pause)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertEquals(pause, time.untilNext()));
        time.advance(pause);
    }

    /** Waits until both are equal. */
    public static void awaitEquals(Object expected, Supplier<?> actual) {
        await().pollInterval(Duration.ofMillis(5)).untilAsserted(() -> assertEquals(expected, actual.get()));
    }

    public void awaitRequests(ScriptedServer asked, String... lines) {
        awaitEquals(List.of(lines), asked::lines);
    }

    public void awaitCalls(String... calls) {
        awaitEquals(List.of(calls), () -> listener.calls);
    }

    public String trouble(int index) {
        await().pollInterval(Duration.ofMillis(5)).until(() -> listener.troubles.size() > index);
        return listener.troubles.get(index).what();
    }

    /** The failure with which the stage completes within 60 s; null if it completes normally. */
    public static Throwable ending(CompletionStage<?> stage) throws Exception {
        try {
            stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    /** The failure with which the stage completes, which must be of that type. */
    public static <T extends Throwable> T failure(Class<T> type, CompletionStage<?> stage) throws Exception {
        return assertInstanceOf(type, ending(stage));
    }

    @Override
    public void close() throws IOException {
        one.close();
        both.close();
        server.close();
        other.close();
    }
}
