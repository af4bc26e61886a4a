// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Complaints;
import io.holdfast.time.OutOfMemory;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How what went wrong is answered. */
class JsonTest {
    private static final OwnResponse OWN = OwnResponse.empty(409);

    private final Json json = new Json();
    private final Complaints complaints = new Complaints();

    /** How a room refuses. */
    private static final class Own extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @AfterEach
    void close() {
        complaints.close();
        json.close();
    }

    private OwnResponse failed(Throwable thrown) {
        return json.failed(thrown, Own.class, own -> OWN);
    }

    private List<String> logged() {
        return complaints.heard().stream()
                .filter(line -> line.startsWith(Json.class.getName()))
                .toList();
    }

    @Test
    void anExceptionOfARoomIsAnsweredByTheRoomAndNotLogged() {
        assertSame(OWN, failed(new Own()));
        assertSame(OWN, failed(new CompletionException(new Own())));
        assertEquals(List.of(), logged());
    }

    @Test
    void aRefusalIsAnsweredWithItsProblemAndItsHeaders() {
        Refusal refusal = new Refusal(Problem.of(404, "There is none."), Headers.of("Allow", "GET"));
        for (Throwable thrown : List.of(refusal, new CompletionException(refusal))) {
            OwnResponse answer = failed(thrown);
            assertEquals(404, answer.status());
            assertEquals("application/problem+json", answer.contentType());
            assertEquals("GET", answer.headers().first("Allow").orElseThrow());
            assertTrue(text(answer).contains("There is none."), text(answer));
        }
        assertEquals(List.of(), logged());
    }

    @Test
    void aClientThatBreaksOffGetsA400ThatNamesTheBody() {
        OwnResponse answer = failed(new CompletionException(new EOFException("broken off")));
        assertEquals(400, answer.status());
        assertTrue(text(answer).contains("\"field\":\"body\""), text(answer));
        assertEquals(List.of(), logged());
    }

    @Test
    void anUnexpectedFailureIsLoggedAndHiddenFromTheClient() {
        for (Throwable unexpected :
                List.of(new IllegalStateException("secret"), new CompletionException("secret", null))) {
            OwnResponse answer = failed(unexpected);
            assertEquals(500, answer.status());
            assertTrue(text(answer).contains("The server failed; its log says how."), text(answer));
            assertFalse(text(answer).contains("secret"), text(answer));
        }
        assertEquals(
                2, logged().stream().filter(line -> line.contains("secret")).count());
    }

    @Test
    void aFullMemberAnswers503WithAShortRetryAfter() {
        OwnResponse full = json.full();
        assertEquals(503, full.status());
        int seconds = Integer.parseInt(full.headers().first("Retry-After").orElse(""));
        assertTrue(seconds >= 1 && seconds <= 3, () -> "seconds: " + seconds);
    }

    private static String text(OwnResponse answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void aProblemHasItsMembersInTheirOrder() {
        Problem problem =
                Problem.badValue("last", "a number", "x\ny").and("limit", 3).and("since", 5L);

        assertEquals(
                "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,"
                        + "\"detail\":\"last must be a number, not 'x?y'.\",\"field\":\"last\",\"rule\":\"a number\","
                        + "\"value\":\"x?y\",\"limit\":3,\"since\":5}\n",
                new String(json.answer(problem).body(), java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void thatAnotherMemberHasRunOutOfMemoryLeavesTheOutcomeUnknown() {
        OwnResponse answer = failed(new CompletionException(new OutOfMemory.Elsewhere("Java heap space")));
        assertEquals(503, answer.status());
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        assertTrue(body.contains("\"outcome\":\"unknown\"") && body.contains("Another member"), body);
        assertFalse(OutOfMemory.isSeen());
    }
}
