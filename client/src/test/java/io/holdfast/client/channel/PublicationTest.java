// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import static io.holdfast.client.ClientFixture.failure;
import static io.holdfast.client.testing.ScriptedServer.answer;
import static io.holdfast.client.testing.ScriptedServer.problem;
import static io.holdfast.client.testing.ScriptedServer.raw;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.ClientFixture;
import io.holdfast.client.GaveUpException;
import io.holdfast.client.Publish;
import io.holdfast.client.Receipt;
import io.holdfast.client.RefusedException;
import io.holdfast.client.testing.ScriptedServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicationTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String RECEIPT = "{\"id\":\"42-a\",\"receipt\":{\"committed\":true,\"backups\":1,"
            + "\"released\":{\"3f2a91c0\":17,\"b81d22fe\":20},\"unknown\":[\"c0ffee00\"]}}";
    private static final ScriptedServer.Reply CREATED =
            answer(201, "Content-Type: application/json\nLocation: /channels/orders/events/42-a", RECEIPT);

    private final ClientFixture fixture = new ClientFixture();
    private final ScriptedServer server = fixture.server;

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static Receipt receipt(CompletionStage<Receipt> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private List<String> keys(ScriptedServer asked) {
        return asked.requests.stream().map(r -> r.header("Idempotency-Key")).toList();
    }

    @Test
    void anEventIsPublishedWithItsTypeAndMediaType() throws Exception {
        server.then(CREATED);

        Receipt receipt = receipt(fixture.one()
                .publish("orders")
                .type("created & paid")
                .contentType("application/json")
                .key("order-7")
                .send("{\"é\":1}"));

        fixture.awaitRequests(server, "POST /channels/orders/events?type=created+%26+paid");
        ScriptedServer.Request request = server.requests.get(0);
        assertEquals("application/json", request.header("Content-Type"));
        assertEquals("\"order-7\"", request.header("Idempotency-Key"));
        assertEquals("{\"é\":1}", request.body());
        assertEquals(
                new Receipt(List.of("42-a"), false, 1, Map.of("3f2a91c0", 17L, "b81d22fe", 20L), List.of("c0ffee00")),
                receipt);
        assertEquals("42-a", receipt.id());
    }

    @Test
    void everyPublicationHasAKeyOfItsOwn() throws Exception {
        server.then(CREATED, CREATED);

        receipt(fixture.one().publish("orders").send("x"));
        receipt(fixture.one().publish("orders").send("x"));

        List<String> keys = keys(server);
        assertTrue(keys.get(0).matches("\"[0-9a-f-]{36}\""), keys.get(0));
        assertFalse(keys.get(0).equals(keys.get(1)));
        assertEquals("text/plain;charset=utf-8", server.requests.get(0).header("Content-Type"));
        assertEquals("POST /channels/orders/events", server.lines().get(0));
    }

    @Test
    void everyTryHasTheSameKeyAndBodyAtEveryMember() throws Exception {
        server.then(problem(503, "The outcome is unknown.", "Retry-After: 3"), raw("", false));
        fixture.other.then(
                raw("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"id\"", false),
                answer(201, "Content-Type: application/json\nIdempotency-Replayed: true", RECEIPT));

        CompletionStage<Receipt> stage = fixture.both().publish("orders").send("x");

        fixture.pass(Duration.ofSeconds(4));
        fixture.pass(Duration.ofSeconds(2));
        fixture.pass(Duration.ofSeconds(4));
        Receipt receipt = receipt(stage);
        assertTrue(receipt.replayed());
        assertEquals(2, server.lines().size());
        assertEquals(2, fixture.other.lines().size());
        assertEquals(keys(server), keys(fixture.other));
        assertEquals(1, keys(server).stream().distinct().count());
        assertEquals("x", fixture.other.requests.get(1).body());
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 413, 415, 422})
    void aRefusalIsNotRepeated(int status) throws Exception {
        server.then(problem(status, "The key was used with another body."));

        RefusedException refused =
                failure(RefusedException.class, fixture.one().publish("orders").send("x"));

        assertEquals(status, refused.status());
        assertEquals("HTTP " + status + ": The key was used with another body.", refused.getMessage());
        assertEquals(1, server.lines().size());
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504, 507})
    void aTransientFailureIsRetried(int status) throws Exception {
        server.then(problem(status, "Not now."), CREATED);

        CompletionStage<Receipt> stage = fixture.one().publish("orders").send("x");

        fixture.pass(SECOND);
        assertEquals("42-a", receipt(stage).id());
    }

    @Test
    void anUnreadableReceiptIsRequestedAgain() throws Exception {
        server.then(answer(201, "", "created"), CREATED);

        CompletionStage<Receipt> stage = fixture.one().publish("orders").send("x");

        fixture.pass(SECOND);
        assertEquals("42-a", receipt(stage).id());
        assertEquals(1, keys(server).stream().distinct().count());
    }

    @Test
    void aPublicationGivesUpInTheEnd() throws Exception {
        server.always(problem(503, "Not now."));

        CompletionStage<Receipt> stage = fixture.one()
                .publish("orders")
                .giveUpAfter(Duration.ofSeconds(5))
                .send("x");

        fixture.pass(SECOND);
        fixture.pass(Duration.ofSeconds(2));
        assertEquals(
                server.uri() + ": HTTP 503: Not now.",
                failure(GaveUpException.class, stage).getMessage());
    }

    @Test
    void aServerThatDoesNotAnswerIsLeftForTheNext() throws Exception {
        fixture.other.then(CREATED);
        CompletionStage<Receipt> stage = fixture.both().publish("orders").send("x");
        fixture.awaitRequests(server, "POST /channels/orders/events");

        fixture.pass(Duration.ofSeconds(30));

        fixture.pass(SECOND);
        assertEquals("42-a", receipt(stage).id());
        assertEquals(keys(server), keys(fixture.other));
    }

    @Test
    void aPublicationBeginsAtTheMemberThatTookTheOneBefore() throws Exception {
        server.then(problem(503, "This member drains."));
        fixture.other.then(CREATED, CREATED);
        CompletionStage<Receipt> stage = fixture.both().publish("orders").send("x");
        fixture.pass(SECOND);
        receipt(stage);

        receipt(fixture.both().publish("orders").send("y"));

        assertEquals(1, server.lines().size());
        assertEquals(2, fixture.other.lines().size());
    }

    @Test
    void aBatchIsSentUnchanged() throws Exception {
        server.then(answer(201, "", "{\"ids\":[\"1-a\",\"2-a\"],\"receipt\":{\"committed\":true,\"backups\":2}}"));

        Receipt receipt = receipt(fixture.one()
                .publish("orders")
                .withoutReceipt()
                .sendBatch("[{\"data\":\"x\"},{\"data\":\"y\"}]".getBytes(StandardCharsets.UTF_8)));

        fixture.awaitRequests(server, "POST /channels/orders/events?receipt=none&batch=true");
        assertEquals("application/json", server.requests.get(0).header("Content-Type"));
        assertEquals(
                "[{\"data\":\"x\"},{\"data\":\"y\"}]", server.requests.get(0).body());
        assertEquals(new Receipt(List.of("1-a", "2-a"), false, 2, Map.of(), List.of()), receipt);
    }

    @Test
    void onlyARedirectThatKeepsTheBodyIsFollowed() throws Exception {
        server.then(answer(307, "Location: /there", ""), CREATED, answer(302, "Location: /there", ""));

        assertEquals("42-a", receipt(fixture.one().publish("orders").send("x")).id());
        RefusedException refused =
                failure(RefusedException.class, fixture.one().publish("orders").send("x"));

        assertEquals("POST /there", server.lines().get(1));
        assertEquals("x", server.requests.get(1).body());
        assertEquals("A POST was redirected with 302, which would lose its body.", refused.getMessage());
    }

    @Test
    void closingTheClientFailsPublicationsWithoutAnAnswer() throws Exception {
        CompletionStage<Receipt> stage = fixture.one().publish("orders").send("x");
        fixture.awaitRequests(server, "POST /channels/orders/events");

        fixture.one().close();

        assertEquals(
                "The client was closed before there was an answer.",
                failure(GaveUpException.class, stage).getMessage());
        assertThrows(
                IllegalStateException.class,
                () -> fixture.one().publish("orders").send("x"));
    }

    @Test
    void valuesThatNoServerAcceptsAreRefusedAtOnce() throws Exception {
        Publish publish = fixture.one().publish("orders");
        for (String type : List.of("", "a\nb", "x".repeat(129), "\0"))
            assertThrows(IllegalArgumentException.class, () -> publish.type(type));
        for (String key : List.of("", "a b", "x".repeat(256), "a\"b", "é"))
            assertThrows(IllegalArgumentException.class, () -> publish.key(key));
        for (String type : List.of("", "text", "text/plain\r\nX: y", "é/x"))
            assertThrows(IllegalArgumentException.class, () -> publish.contentType(type));
        for (String name : List.of("", ".", "..", "a/b", "a b", "a,b", "é", "x".repeat(129)))
            assertThrows(IllegalArgumentException.class, () -> fixture.one().publish(name));
    }
}
