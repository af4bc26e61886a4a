// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channel.ChannelContract;
import io.holdfast.testing.Http;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What every server must do, asked of one or two members of a cluster. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class Contract extends ChannelContract {
    private static final Duration JOIN = Duration.ofSeconds(30);

    private final Client client = new Client();

    /** The member where requests are held. */
    abstract URI holder();

    /** The member where they are released: another one, where there are two. */
    abstract URI releaser();

    @Override
    protected Http reader() {
        return http(holder());
    }

    @Override
    protected Http publisher() {
        return http(releaser());
    }

    @Override
    protected int tooLong() {
        return (1 << 20) + 1;
    }

    private static Http http(URI base) {
        return new Http(URI.create(base.toString().replaceAll("/$", "")));
    }

    private int members() {
        return holder().equals(releaser()) ? 1 : 2;
    }

    @Test
    void aCounterStartsAtZeroAndCounts() throws Exception {
        URI counter = holder().resolve("counters/counts/value/");
        assertAnswer(200, "application/json", "0\n", client.get(counter));
        assertAnswer(200, "application/json", "1\n", client.post(counter));
        assertAnswer(200, "application/json", "1\n", client.get(counter));
        assertAnswer(200, "application/json", "1\n", client.get(releaser().resolve("counters/counts/value/")));
    }

    /** First, while nobody else is held: readers that have left are noticed later. */
    @Test
    @Order(1)
    void aHeldRequestIsReleasedByAnIncrementOnTheOtherMember() throws Exception {
        CompletableFuture<HttpResponse<String>> held =
                client.hold(holder().resolve("counters/held/value/?last=0&wait=60"));
        awaitHolds(1);
        assertFalse(held.isDone());
        assertAnswer(200, "application/json", "1\n", client.post(releaser().resolve("counters/held/value/")));
        assertAnswer(200, "application/json", "1\n", held.get(5, TimeUnit.SECONDS));
    }

    @Test
    void aHoldThatNobodyReleasesEndsWithAnEmptyObject() throws Exception {
        assertAnswer(
                200, "application/json", "{}\n", client.get(holder().resolve("counters/quiet/value/?last=0&wait=1")));
    }

    @Test
    void anUnknownPathIsAProblem() throws Exception {
        assertProblem(404, client.get(holder().resolve("nothing/here")));
    }

    @Test
    void aBadParameterIsAProblemThatNamesIt() throws Exception {
        HttpResponse<String> answer = client.get(holder().resolve("counter/value/?last=x"));
        assertProblem(400, answer);
        assertTrue(answer.body().contains("\"field\":\"last\""), answer.body());
    }

    @Test
    void aWrongMethodIsAProblemThatNamesTheRightOnes() throws Exception {
        HttpResponse<String> answer = client.send("PUT", holder().resolve("counter/value/"));
        assertProblem(405, answer);
        assertEquals(
                "GET, HEAD, POST, OPTIONS", answer.headers().firstValue("Allow").orElse(""));
    }

    @Test
    void theLauncherOfTheStandaloneRunIsNotServed() throws Exception {
        assertProblem(404, client.get(holder().resolve("io/holdfast/launch/Launcher.class")));
    }

    @Test
    void theMemberIsReadyAndSeesTheOthers() throws Exception {
        Awaitility.await().atMost(JOIN).untilAsserted(() -> {
            HttpResponse<String> ready = client.get(holder().resolve("health/ready"));
            assertEquals(200, ready.statusCode(), ready.body());
            assertTrue(ready.body().contains("\"members\":" + members()), ready.body());
        });
    }

    @Test
    void theMetersAreServed() throws Exception {
        HttpResponse<String> metrics = client.get(holder().resolve("metrics"));
        assertEquals(200, metrics.statusCode());
        assertTrue(metrics.body().contains("\nholdfast_cluster_members " + members() + ".0"), metrics.body());
    }

    private void awaitHolds(int count) {
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            String ready = client.get(holder().resolve("health/ready")).body();
            assertTrue(ready.contains("\"holds\":" + count), ready);
        });
    }

    private static void assertProblem(int status, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(
                answer.headers().firstValue("Content-Type").orElse("").startsWith("application/problem+json"),
                answer.headers().toString());
        assertTrue(answer.body().contains("\"status\":" + status), answer.body());
        assertNoSession(answer);
    }

    private static void assertAnswer(int status, String type, String body, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertEquals(body, answer.body());
        assertTrue(
                answer.headers().firstValue("Content-Type").orElse("").startsWith(type),
                answer.headers().toString());
        assertEquals("no-store", answer.headers().firstValue("Cache-Control").orElse(""));
        assertNoSession(answer);
    }

    private static void assertNoSession(HttpResponse<String> answer) {
        assertTrue(
                answer.headers().allValues("Set-Cookie").isEmpty(),
                answer.headers().toString());
    }
}
