// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** Clients, and workers that ask, of which each sends its next request to another member. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PullFixture {
    static final int MEBIBYTE = 1 << 20;
    static final String[] POSTS = {"ack", "extend", "response", "release"};

    String queue = "";
    int turn;

    private final int count;
    private final Map<String, String> settings;
    private Members members = Members.start(0, Map.of());

    /** So many members with these settings. */
    PullFixture(int count, Map<String, String> settings) {
        this.count = count;
        this.settings = settings;
    }

    @BeforeAll
    void start() {
        members = Members.start(count, settings);
    }

    @AfterAll
    void stop() {
        noRequestIsLeft();
        members.close();
    }

    @BeforeEach
    void begin() {
        queue = "q" + UUID.randomUUID();
    }

    /** The member of a worker's next request: another one each time, if there are others. */
    Member member(int turn) {
        return members.get(turn % count);
    }

    Http client() {
        return member(0).http();
    }

    Member worker() {
        return member(++turn);
    }

    Http.Exchange ask(String method, String path, String... headers) {
        return client().send(method, "/work/" + queue + path, headers);
    }

    Lease next() {
        return given(worker().http().get("/workers/" + queue + "/next?wait=20"));
    }

    Lease given(Response response) {
        assertEquals(200, response.status(), response.body());
        return new Lease(response);
    }

    /** A request that a worker of a test got. */
    final class Lease {
        final Response given;

        Lease(Response given) {
            this.given = given;
        }

        String id() {
            return given.header("Work-Id");
        }

        String token() {
            return given.header("Work-Token");
        }

        /** The number with which the token begins. It grows from one worker to the next. */
        long number() {
            return Long.parseLong(token().split("-", 2)[0]);
        }

        /** The rest of the token, which nobody can guess. */
        String secret() {
            return token().split("-", 2)[1];
        }

        String path() {
            return given.header("Work-Path");
        }

        Response say(String what, byte[] body, String... headers) {
            return say(what, token(), body, headers);
        }

        Response say(String what, String token, byte[] body, String... headers) {
            return worker().http()
                    .send("POST", path(what, token), body, headers)
                    .response();
        }

        String path(String what, String token) {
            return "/workers/" + queue + "/" + id() + "/" + what + "?token=" + token;
        }

        void does(String what) {
            Response response = say(what, new byte[0]);
            assertEquals(204, response.status(), what + ": " + response.body());
        }

        void answers(String body) {
            Response response = say("response", body.getBytes(UTF_8));
            assertEquals(204, response.status(), response.body());
        }

        void isOver() {
            for (String what : POSTS) over(say(what, new byte[0]));
            over(say("progress", "{}".getBytes(UTF_8)));
        }
    }

    static void over(Response response) {
        assertEquals(409, response.status(), response.body());
        assertEquals("application/problem+json", response.header("Content-Type"));
        assertTrue(response.body().contains("nobody wants it any more"), response.body());
    }

    static void unknown(Http.Exchange client) {
        Response response = client.response();
        assertEquals(502, response.status(), response.body());
        assertTrue(response.body().contains("\"outcome\":\"unknown\""), response.body());
    }

    /** The client waited in vain for a worker. */
    static void late(Http.@Nullable Exchange client, String outcome) {
        Response response = Objects.requireNonNull(client).response();
        assertEquals(504, response.status(), response.body());
        assertTrue(response.body().contains("\"outcome\":\"" + outcome + "\""), response.body());
        assertTrue(response.body().contains("\"waited\":"), response.body());
    }

    /** No request is left. */
    void noRequestIsLeft() {
        Awaitility.await("nobody waits any more").until(() -> member(0).meter("holdfast_work_requests") == 0);
    }

    Http.Exchange asksForWork(Member at) {
        double before = at.meter("holdfast_work_idle");
        Http.Exchange worker = at.http().send("GET", "/workers/" + queue + "/next?wait=20");
        await("it is idle").until(() -> at.meter("holdfast_work_idle") == before + 1);
        return worker;
    }
}
