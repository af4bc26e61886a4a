// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The promises about times that run out. They are short here. */
abstract class PullTimesContract extends PullFixture {
    static final Map<String, String> SETTINGS = Map.of("work.ack", "3s", "work.lease", "4s", "work.stall", "3s");

    PullTimesContract(int members) {
        super(members, SETTINGS);
    }

    @Test
    void anUnacknowledgedRequestGoesToTheNextWorkerWithAHigherToken() {
        Http.Exchange client = client().send("POST", "/work/" + queue + "/once", "body".getBytes(UTF_8));
        Lease first = next();
        Lease second = next();

        assertEquals(first.id(), second.id());
        assertTrue(second.number() > first.number(), second.token() + " after " + first.token());
        assertNotEquals(first.secret(), second.secret());
        assertEquals("body", second.given.body());
        first.isOver();
        second.does("ack");
        first.isOver();
        second.answers("second");
        assertEquals("second", client.response().body());
    }

    @Test
    void aWorkerThatVanishesWhileItWaitsLosesNothing() {
        Http.Exchange gone = asksForWork(worker());
        gone.vanish();
        Http.Exchange client = client().send("POST", "/work/" + queue + "/", new byte[] {1});

        Lease lease = next();
        lease.does("ack");
        lease.answers("done");
        assertEquals("done", client.response().body());
    }

    @Test
    void aLeaseGoesOnAsLongAsItIsExtended() {
        Http.Exchange client = client().send("POST", "/work/" + queue + "/", new byte[] {1});
        Lease lease = next();
        lease.does("ack");
        long end = System.nanoTime() + 6_000_000_000L; // longer than it lasts
        await().pollInterval(java.time.Duration.ofMillis(500)).until(() -> {
            lease.does("extend");
            Response told = lease.say("progress", "{\"percent\":40}".getBytes(UTF_8));
            assertEquals(204, told.status(), told.body());
            return System.nanoTime() - end > 0;
        });
        lease.answers("long");

        assertEquals("long", client.response().body());
    }

    @Test
    void aLeaseThatIsNotExtendedEndsAsIfItsWorkerHadDied() {
        Http.Exchange once = client().send("POST", "/work/" + queue + "/once", new byte[] {1});
        Lease dead = next();
        dead.does("ack");
        unknown(once);
        dead.isOver();

        Http.Exchange again = ask("GET", "/again");
        Lease first = next();
        first.does("ack");
        Lease second = next();
        assertEquals(first.id(), second.id());
        first.isOver();
        second.answers("second");
        assertEquals("second", again.response().body());
    }

    /** Its client has a key, so that another worker might perform it; but none comes. */
    @Test
    void theOutcomeIsUnknownIfAWorkerFallsSilentAfterItsAck() {
        Http.Exchange worker = asksForWork(worker());
        Http.Exchange client = client().send(
                        "POST",
                        "/work/" + queue + "/charge",
                        new byte[] {1},
                        "Idempotency-Key: \"1\"",
                        "Prefer: wait=4");
        Lease lease = given(worker.response());
        lease.does("ack");

        late(client, "unknown");
        lease.isOver();
    }

    @Test
    void aResponseThatDoesNotGoOnIsGivenUp() {
        Http.Exchange client = client().send("POST", "/work/" + queue + "/", new byte[] {1});
        Lease lease = next();
        Http.Exchange response =
                worker().http().send("POST", lease.path("response", "" + lease.token()), "Content-Length: 20");
        response.write("half".getBytes(UTF_8));

        assertEquals(408, response.response().status());
        unknown(client);
        lease.isOver();
    }

    @Test
    void anUnacknowledgedRequestTooLargeToReplayHasAnUnknownOutcome() {
        byte[] body = new byte[MEBIBYTE];
        Http.Exchange client = client().send("PUT", "/work/" + queue + "/", body);
        Lease lease = next();
        Response response = client.response();

        assertEquals(503, response.status());
        assertTrue(response.body().contains("\"outcome\":\"unknown\""), response.body());
        assertFalse(response.header("Retry-After").isEmpty());
        lease.isOver();
    }
}
