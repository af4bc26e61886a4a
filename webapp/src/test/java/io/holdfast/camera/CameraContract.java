// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The promises of cameras over HTTP, at whichever members users ask, cameras poll and cameras deliver. */
public abstract class CameraContract {
    protected static final String CREDENTIALS = "USER:PASS";
    private static final String BASIC = Http.basic(CREDENTIALS), JSON = "Content-Type: application/json";

    /** Held by the test that is the camera without a name: tests run side by side on some servers. */
    private static final Object DEFAULT = new Object();

    /** A client of the member where users are. */
    protected abstract Http user();

    /** A client of the member where cameras poll. */
    protected abstract Http camera();

    /** A client of the member where cameras deliver. */
    protected abstract Http delivery();

    private static String fresh() {
        return "/cameras/contract-" + UUID.randomUUID();
    }

    private Exchange poll(String camera, String query) {
        return camera().send("GET", camera + "/updates/" + query);
    }

    private Exchange ask(String camera, String query) {
        return user().send("GET", camera + "/logs/" + query, BASIC);
    }

    private Response dump(String camera, String body) {
        return delivery()
                .send("POST", camera + "/dump/", body.getBytes(UTF_8), JSON)
                .response();
    }

    private static void is(String body, Response response) {
        assertEquals(200, response.status(), response.toString());
        assertEquals(body, response.body());
        assertTrue(response.header("Content-Type").startsWith("application/json"), response.toString());
        assertEquals("", response.header("Set-Cookie"));
    }

    private static void problem(Response response, int status, String... parts) {
        assertEquals(status, response.status(), response.toString());
        assertTrue(response.header("Content-Type").startsWith("application/problem+json"), response.toString());
        for (String part : parts) assertTrue(response.body().contains(part), part + " is not in " + response.body());
        assertFalse(response.body().contains("Exception"), response.body());
    }

    private static JsonObject json(Response response) {
        try (JsonReader reader = Json.createReader(new StringReader(response.body()))) {
            return reader.readObject();
        }
    }

    private List<JsonObject> listed(String camera) {
        String name = camera.substring(camera.lastIndexOf('/') + 1);
        // One user at a time gets the list; the others get 503 and Retry-After.
        Response response = await("the list")
                .until(() -> user().get("/cameras/?limit=10000", BASIC), answer -> answer.status() != 503);
        assertEquals(200, response.status(), response.toString());
        return json(response).getJsonArray("cameras").getValuesAs(JsonObject.class).stream()
                .filter(each -> each.getString("id").equals(name))
                .toList();
    }

    private boolean isConnected(String camera) {
        return listed(camera).stream().anyMatch(each -> each.getBoolean("connected"));
    }

    private Exchange held(String camera, String query) {
        Exchange poll = poll(camera, query);
        await("the camera is held").until(() -> isConnected(camera));
        return poll;
    }

    @Test
    void aQuestionReleasesTheCameraAndIsAnsweredWithItsDump() {
        String camera = fresh();
        try (Exchange poll = held(camera, "?wait=60");
                Exchange asking = ask(camera, "?wait=60")) {
            is("\"updated\"\n", poll.response());
            is("null\n", dump(camera, "\"{\\\"logs\\\": [\\\"Move Left. 2026\\\", \\\"é\\\"]}\""));
            is("{\"logs\": [\"Move Left. 2026\", \"é\"]}\n", asking.response());
        }
    }

    @Test
    void aPlainObjectIsADumpToo() {
        String camera = fresh();
        try (Exchange poll = held(camera, "?wait=60");
                Exchange asking = ask(camera, "?wait=60")) {
            is("\"updated\"\n", poll.response());
            is("null\n", dump(camera, "{\"logs\":[]}"));
            is("{\"logs\":[]}\n", asking.response());
        }
    }

    @Test
    void theBarePathsAreTheDefaultCamera() {
        synchronized (DEFAULT) {
            try (Exchange poll = held("/cameras/default", "?wait=60");
                    Exchange asking = user().send("GET", "/logs?wait=60", BASIC)) {
                is("\"updated\"\n", poll.response());
                is(
                        "null\n",
                        delivery()
                                .send("POST", "/dump/", "{\"logs\": [\"x\"]}".getBytes(UTF_8), JSON)
                                .response());
                is("{\"logs\": [\"x\"]}\n", asking.response());
            }
        }
    }

    @Test
    void theOriginalsRoutesAreTheSameByteByByte() {
        synchronized (DEFAULT) {
            new CameraTranscript(user(), camera(), delivery()).play();
        }
    }

    @Test
    void anUnknownUserIsRefusedAsTheOriginalDoes() {
        String camera = fresh();
        List<String> wrong = List.of(
                "Accept: */*",
                Http.basic(":"),
                Http.basic("USER:"),
                Http.basic(":PASS"),
                Http.basic("USER:pass"),
                Http.basic("USER:PASS:"),
                Http.basic("ÜSER:PÄSS"),
                Http.basic("USER:" + "P".repeat(4_000)),
                "Authorization: Basic !!!",
                "Authorization: Bearer USER:PASS");
        for (String header : wrong) {
            Response refused = user().get(camera + "/logs/?wait=20", header);
            assertEquals(401, refused.status(), header);
            assertEquals("Basic realm=\"Login!\"", refused.header("WWW-Authenticate"));
            assertEquals("Unauthorized.", refused.body());
            assertEquals("", refused.header("Set-Cookie"));
        }
        assertEquals(401, user().get("/cameras/").status());
        assertEquals(401, user().post(camera + "/commands").status());
    }

    @Test
    void manyQuestionsCostOneWakeUpAndGetTheSameDump() {
        String camera = fresh();
        List<Exchange> asking = new ArrayList<>();
        for (int i = 0; i < 40; i++) asking.add(ask(camera, "?wait=60"));
        await("a wake-up waits for the next poll").untilAsserted(() -> {
            Response told = poll(camera, "?wait=1").response();
            assertEquals(200, told.status());
        });
        assertEquals(204, poll(camera, "?wait=1").response().status(), "told once");
        is("null\n", dump(camera, "{\"logs\": [\"the same\"]}"));
        for (Exchange each : asking) is("{\"logs\": [\"the same\"]}\n", each.response());
    }

    @Test
    void aQuestionIsNotAnsweredWithAnEarlierDump() {
        String camera = fresh();
        is("null\n", dump(camera, "{\"logs\": [\"old\"]}"));
        try (Exchange asking = ask(camera, "?wait=60")) {
            is("\"updated\"\n", poll(camera, "?wait=60").response());
            assertFalse(asking.isAnswered());
            is("null\n", dump(camera, "{\"logs\": [\"new\"]}"));
            is("{\"logs\": [\"new\"]}\n", asking.response());
        }
    }

    @Test
    void aCameraThatIsNotThereEndsTheQuestionInTime() {
        String camera = fresh();
        problem(ask(camera, "?wait=1").response(), 504, "within 1 s", "never seen", "\"waited\":1");
        assertEquals(204, poll(camera, "?wait=1").response().status(), "nobody wants it any more");
        problem(ask(camera, "?wait=1").response(), 504, "last seen at", "\"lastSeen\":\"");
    }

    @Test
    void aCameraThatLeftSwallowsNothing() {
        String camera = fresh();
        held(camera, "?wait=60").vanish();
        try (Exchange asking = ask(camera, "?wait=60")) {
            // The member notices only when it writes the answer, if then; so it repeats the wake-up.
            await("the next poll is told")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> poll(camera, "?wait=2").response().status() == 200);
            is("null\n", dump(camera, "{\"logs\": []}"));
            is("{\"logs\": []}\n", asking.response());
        }
    }

    @Test
    void aCameraThatPollsTwiceKeepsTheNewerPoll() {
        String camera = fresh();
        try (Exchange older = held(camera, "?wait=60");
                Exchange newer = camera().send("GET", camera + "/updates/?wait=60")) {
            assertEquals(204, older.response().status());
            try (Exchange asking = ask(camera, "?wait=60")) {
                is("\"updated\"\n", newer.response());
                dump(camera, "{}");
                is("{}\n", asking.response());
            }
        }
    }

    @Test
    void aLongDumpReachesAllUsersWhole() {
        String camera = fresh();
        String line = "Detected Motion. ".repeat(50);
        String logs = java.util.stream.IntStream.range(0, 3_500)
                .mapToObj(i -> "\"" + i + " " + line + "\"")
                .collect(Collectors.joining(", ", "{\"logs\": [", "]}"));
        try (Exchange poll = held(camera, "?wait=60");
                Exchange one = ask(camera, "?wait=60");
                Exchange other = camera().send("GET", camera + "/logs/?wait=60", BASIC)) {
            is("\"updated\"\n", poll.response());
            await("both wait").pollDelay(Duration.ofMillis(300)).until(() -> true);
            is("null\n", dump(camera, logs));
            for (Exchange each : List.of(one, other)) {
                Response response = each.response();
                assertEquals(200, response.status());
                assertTrue((logs + "\n").equals(response.body()), "all of it");
            }
        }
        Response cached = user().get(camera + "/logs/?cached", BASIC);
        assertTrue((logs + "\n").equals(cached.body()), "all of it");
        assertTrue(Integer.parseInt(cached.header("Age")) < 60);
    }

    @Test
    void theLastDumpIsKept() {
        String camera = fresh();
        problem(user().get(camera + "/logs/?cached", BASIC), 404, "No logs");
        dump(camera, "{\"logs\": [\"one\"]}");
        dump(camera, "{\"logs\": [\"two\"]}");
        is("{\"logs\": [\"two\"]}\n", user().get(camera + "/logs/?cached=true", BASIC));
    }

    @Test
    void aDumpThatIsNoneIsRefusedAndNothingIsLost() {
        String camera = fresh();
        dump(camera, "{\"logs\": [\"kept\"]}");
        for (String bad : List.of(
                "",
                "x",
                "[]",
                "1",
                "\"x\"",
                "\"[]\"",
                "{\"logs\"",
                "{} {}",
                "\"{}\" 1",
                "{\"a\":1,}",
                "{\"a\":" + "[".repeat(5_000))) problem(dump(camera, bad), 400, "body", "JSON object");
        problem(
                delivery()
                        .send("POST", camera + "/dump/", new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}, JSON)
                        .response(),
                400,
                "body");
        is("{\"logs\": [\"kept\"]}\n", user().get(camera + "/logs/?cached", BASIC));
    }

    @Test
    void aCommandReachesTheCameraAndItsReplyTheSender() {
        String camera = fresh();
        try (Exchange poll = held(camera, "?commands&wait=60");
                Exchange sending = command(camera, "?wait=60", "{\"zoom\": 2}")) {
            JsonObject told = json(poll.response());
            assertFalse(told.getBoolean("updated"));
            JsonObject command = told.getJsonArray("commands").getJsonObject(0);
            assertEquals(2, command.getJsonObject("command").getInt("zoom"));
            String path = camera + "/commands/" + command.getString("id");
            assertEquals(
                    204,
                    delivery()
                            .send("POST", path, "{\"done\": true}".getBytes(UTF_8), JSON)
                            .response()
                            .status());
            is("{\"done\": true}\n", sending.response());
        }
        problem(
                delivery()
                        .send("POST", camera + "/commands/none", "1".getBytes(UTF_8), JSON)
                        .response(),
                404,
                "\"value\":\"none\"");
    }

    @Test
    void aCameraThatDoesItsCommandsTakesAnyNumberOfThem() {
        String camera = fresh();
        for (int i = 0; i < 70; i++) {
            Exchange sending = command(camera, "?wait=60", Integer.toString(i));
            JsonObject command = json(poll(camera, "?commands&wait=60").response())
                    .getJsonArray("commands")
                    .getJsonObject(0);
            assertEquals(i, command.getInt("command"));
            String path = camera + "/commands/" + command.getString("id");
            delivery().send("POST", path, "1".getBytes(UTF_8), JSON).response();
            is("1\n", sending.response());
        }
    }

    private Exchange command(String camera, String query, String body) {
        return user().send("POST", camera + "/commands" + query, body.getBytes(UTF_8), BASIC, JSON);
    }

    @Test
    void aCommandThatIsNotTakenIsNeverGiven() {
        String camera = fresh();
        problem(command(camera, "?wait=1", "1").response(), 504, "not given", "\"outcome\":\"none\"");
        assertEquals(204, poll(camera, "?commands&wait=1").response().status());
        try (Exchange poll = held(camera, "?wait=60")) {
            problem(command(camera, "?wait=1", "1").response(), 504, "polls without ?commands", "\"outcome\":\"none\"");
            assertFalse(poll.isAnswered());
        }
        problem(command(camera, "?wait=1", "nothing").response(), 400, "body", "JSON");
    }

    @Test
    void aCommandWithoutReplyMayHaveBeenDone() {
        String camera = fresh();
        try (Exchange poll = held(camera, "?commands&wait=60")) {
            Exchange sending = command(camera, "?wait=2", "[1]");
            assertEquals(1, json(poll.response()).getJsonArray("commands").size());
            assertEquals(204, poll(camera, "?commands&wait=1").response().status(), "given once");
            problem(sending.response(), 504, "did not reply", "\"outcome\":\"unknown\"");
        }
    }

    @Test
    void camerasAreListedAndKeptApart() {
        String one = fresh(), other = fresh();
        try (Exchange first = held(one, "?wait=60&commands=true");
                Exchange second = held(other, "?wait=60");
                Exchange asking = ask(one, "?wait=3")) {
            assertTrue(json(first.response()).getBoolean("updated"));
            dump(other, "{\"logs\": [\"of the other\"]}");
            problem(asking.response(), 504);
            assertFalse(second.isAnswered());
            JsonObject listed = listed(other).get(0);
            assertTrue(listed.getBoolean("connected"));
            assertFalse(listed.getBoolean("commands"));
            assertEquals(27, listed.getJsonObject("lastDump").getInt("bytes"));
            assertTrue(listed.keySet().containsAll(Set.of("since", "lastSeen", "member")), listed.toString());
        }
    }

    @Test
    void aPollWithoutAWaitReturnsWhatIsThere() {
        String camera = fresh();
        assertEquals(204, poll(camera, "?wait=0").response().status());
        try (Exchange asking = ask(camera, "?wait=60")) {
            await("it is told").until(() -> poll(camera, "?wait=0").response().status() == 200);
            dump(camera, "{}");
            is("{}\n", asking.response());
        }
    }
}
