// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.camera.CameraContract;
import io.holdfast.channel.ChannelContract;
import io.holdfast.flow.PtthContract;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;

/** The duties of every server, tested with one or two members of a cluster. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class Contract extends ChannelContract {
    private static final Duration JOIN = Duration.ofSeconds(30);

    private final Client client = new Client();

    /** The member that holds requests. */
    abstract URI holder();

    /** The member that releases them: the other one if there are two. */
    abstract URI releaser();

    /** The text that the servers have logged up to now. */
    abstract String log() throws IOException;

    @Override
    protected Http reader() {
        return Shipped.http(holder());
    }

    @Override
    protected Http publisher() {
        return Shipped.http(releaser());
    }

    @Override
    protected int tooLong() {
        return (1 << 20) + 1;
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

    /** This test is the first, while no other request is held. The server notices later that other readers have left. */
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
    void aHoldWithoutAReleaseEndsWithAnEmptyObject() throws Exception {
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

    @Test
    void aRequestThroughAProxyPublishesOnlyInTheRole() {
        assertRefused(401, publishedFromAfar("Accept: */*"));
        assertRefused(401, publishedFromAfar(Http.basic("ann:SECRET")));
        assertRefused(401, publishedFromAfar(Http.basic("nobody:secret")));
        assertRefused(403, publishedFromAfar(User.USER.header()));
        assertRefused(403, publishedFromAfar(User.ROB.header()));
        Response published = publishedFromAfar(User.ANN.header());
        assertEquals(201, published.status(), published.toString());
        assertEquals("", published.header("Set-Cookie"));
    }

    private Response publishedFromAfar(String credentials) {
        return publisher()
                .send(
                        "POST",
                        "/channels/from-afar/events",
                        "x".getBytes(StandardCharsets.UTF_8),
                        "X-Forwarded-For: 10.0.0.1",
                        "Content-Type: text/plain",
                        credentials)
                .response();
    }

    private static void assertRefused(int status, Response response) {
        assertEquals(status, response.status(), response.toString());
        assertTrue(response.body().contains("the container role publisher"), response.toString());
        assertEquals(status == 401, response.headers().containsKey("www-authenticate"), response.toString());
        assertEquals("", response.header("Set-Cookie"));
    }

    @TestFactory
    Stream<DynamicTest> ofCameras() {
        return SideBySide.tests(
                CameraContract.class, () -> new OfCameras(Shipped.http(holder()), Shipped.http(releaser())));
    }

    @TestFactory
    Stream<DynamicTest> ofWorkers() {
        return SideBySide.tests(PtthContract.class, () -> new OfWorkers(holder()));
    }

    @TestFactory
    Stream<DynamicTest> ofBytes() {
        return SideBySide.tests(OfBytes.class, () -> new OfBytes(holder()));
    }

    /** This test runs after all others. */
    @Test
    @Order(Integer.MAX_VALUE)
    void noCredentialIsInTheLog() throws Exception {
        String log = log();
        assertFalse(log.isBlank(), "the log is read");
        for (String secret : User.secrets())
            assertEquals(
                    "",
                    log.lines()
                            .filter(line -> line.contains(secret))
                            .findFirst()
                            .orElse(""),
                    secret);
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
