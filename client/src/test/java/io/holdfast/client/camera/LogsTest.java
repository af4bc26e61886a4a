// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.camera;

import static io.holdfast.client.ClientFixture.failure;
import static io.holdfast.client.testing.ScriptedServer.answer;
import static io.holdfast.client.testing.ScriptedServer.problem;
import static io.holdfast.client.testing.ScriptedServer.raw;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.client.ClientFixture;
import io.holdfast.client.Dump;
import io.holdfast.client.GaveUpException;
import io.holdfast.client.Logs;
import io.holdfast.client.RefusedException;
import io.holdfast.client.http.Transport;
import io.holdfast.client.testing.FixedRandom;
import io.holdfast.client.testing.ScriptedServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String LOGS = "{\"logs\": [\"one\", \"two\"]}\n";

    private final ClientFixture fixture = new ClientFixture();
    private final ScriptedServer server = fixture.server;

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static ScriptedServer.Reply json(String body) {
        return answer(200, "Content-Type: application/json", body);
    }

    private Logs door() {
        return fixture.both().logs("door");
    }

    private static Dump dump(CompletionStage<Dump> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    void logsAreRequestedWithTheUsersCredentials() throws Exception {
        server.then(json(LOGS));

        Dump dump = dump(fixture.client(FixedRandom.MOST, Transport.basic("USER", "PASS"), server.uri())
                .logs("default")
                .within(Duration.ofSeconds(5))
                .ask());

        assertEquals(new Dump(LOGS, null), dump);
        assertEquals(Optional.of(List.of("one", "two")), dump.lines());
        assertEquals(List.of("GET /logs/?wait=5"), server.lines());
        assertEquals("Basic VVNFUjpQQVNT", server.requests.get(0).header("Authorization"));
    }

    @Test
    void aKeptDumpHasAnAge() throws Exception {
        server.then(answer(200, "Age: 12", LOGS), answer(200, "Age: old", LOGS));

        assertEquals(Duration.ofSeconds(12), dump(door().cached().ask()).age());
        assertEquals(new Dump(LOGS, null), dump(door().cached().ask()));

        String line = "GET /cameras/door/logs/?cached=true";
        assertEquals(List.of(line, line), server.lines());
    }

    @Test
    void aTransientFailureIsRetriedForTheRestOfTheWait() throws Exception {
        server.then(problem(503, "This member drains.", "Retry-After: 7"));
        fixture.other.then(raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", false));

        CompletionStage<Dump> stage = door().ask();

        fixture.pass(Duration.ofSeconds(8)); // 7, and the ceiling of 1
        fixture.pass(Duration.ofSeconds(2));
        fixture.awaitRequests(server, "GET /cameras/door/logs/?wait=30", "GET /cameras/door/logs/?wait=20");
        fixture.awaitRequests(fixture.other, "GET /cameras/door/logs/?wait=22");
        fixture.pass(Duration.ofSeconds(30)); // the 20, and 10 of grace
        assertEquals(
                server.uri() + ": The server was silent for 30.0 s.",
                failure(GaveUpException.class, stage).getMessage());
    }

    @Test
    void aRequestGivesUpAtTheEndOfTheWait() throws Exception {
        server.then(problem(503, "Not now."));
        fixture.other.then(problem(503, "Not now either."));

        CompletionStage<Dump> stage = door().within(Duration.ofSeconds(2)).ask();

        fixture.pass(SECOND);
        assertEquals(
                fixture.other.uri() + ": HTTP 503: Not now either.",
                failure(GaveUpException.class, stage).getMessage());
    }

    private ScriptedServer.Reply after(Duration time, ScriptedServer.Reply reply) {
        return (request, out) -> {
            fixture.time.advance(time);
            return reply.write(request, out);
        };
    }

    @Test
    void aServerThatHoldsForLessThanTheWaitIsAskedAgainForTheRest() throws Exception {
        server.then(after(Duration.ofSeconds(120), problem(504, "No logs came within 120 s.")));
        fixture.other.then(after(Duration.ofSeconds(179), problem(504, "No logs came within 179 s.")));

        CompletionStage<Dump> stage = door().within(Duration.ofMinutes(5)).ask();

        fixture.pass(SECOND);
        assertEquals(
                "HTTP 504: No logs came within 179 s.",
                failure(GaveUpException.class, stage).getMessage());
        assertEquals(List.of("GET /cameras/door/logs/?wait=300"), server.lines());
        assertEquals(List.of("GET /cameras/door/logs/?wait=179"), fixture.other.lines());
    }

    @Test
    void aCameraThatDoesNotAnswerWithinTheWaitIsNotAskedAgain() throws Exception {
        server.then(after(Duration.ofSeconds(30), problem(504, "The camera did not answer within 30 s.")));

        assertEquals(
                "HTTP 504: The camera did not answer within 30 s.",
                failure(GaveUpException.class, door().ask()).getMessage());
        assertEquals(1, server.lines().size());
    }

    @Test
    void aWrongPasswordIsARefusal() throws Exception {
        server.then(answer(401, "WWW-Authenticate: Basic realm=\"Login!\"", "Unauthorized."));

        RefusedException refused = failure(RefusedException.class, door().ask());

        assertEquals(401, refused.status());
        assertEquals("The name or password is wrong or missing (HTTP 401).", refused.getMessage());
    }

    @Test
    void aMissingDumpIsARefusal() throws Exception {
        server.then(problem(404, "No dump of this camera is kept."));

        assertEquals(
                "HTTP 404: No dump of this camera is kept.",
                failure(RefusedException.class, door().cached().ask()).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no JSON", "null", "[\"one\"]", "{}", "{\"logs\":\"one\"}", "{\"logs\":[\"one\",2]}"})
    void aDumpOfAnotherShapeHasNoLines(String body) throws Exception {
        server.then(json(body));

        Dump dump = dump(door().ask());

        assertEquals(body, dump.json());
        assertEquals(Optional.empty(), dump.lines());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void aWaitIsASecondOrLonger(long seconds) throws Exception {
        Logs logs = door();

        assertThrows(IllegalArgumentException.class, () -> logs.within(Duration.ofSeconds(seconds)));
    }

    @Test
    void closingTheClientEndsTheWait() throws Exception {
        CompletionStage<Dump> stage = door().ask();

        fixture.both().close();

        assertEquals(
                "The client was closed before there was an answer.",
                failure(GaveUpException.class, stage).getMessage());
    }
}
