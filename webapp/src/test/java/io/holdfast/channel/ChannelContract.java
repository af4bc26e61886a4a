// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Compressed;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The promises of channels over HTTP, on any server and with any number of members. Seen from outside only: readers are at the first
 * member, publishers at the last. Tests share the members but no channel.
 */
public abstract class ChannelContract {
    private static final String TEXT = "Content-Type: text/plain";
    private static final String STREAM = "Accept: text/event-stream", LINES = "Accept: application/x-ndjson";

    /** A client of the member where readers are. */
    protected abstract Http reader();

    /** A client of the member where publishers are. */
    protected abstract Http publisher();

    /** The length of an event that is refused. */
    protected abstract int tooLong();

    private static String fresh() {
        return "contract-" + UUID.randomUUID();
    }

    private static String events(String channel) {
        return "/channels/" + channel + "/events";
    }

    private Response publish(String channel, String data, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = TEXT;
        return publisher()
                .send("POST", events(channel), data.getBytes(StandardCharsets.UTF_8), all)
                .response();
    }

    @Test
    void anEventIsKeptAsItWasBeforeItWasCompressed() {
        String channel = fresh(), word = "hello ".repeat(20);
        Response kept = publisher()
                .send("POST", events(channel), Compressed.gzip(word), TEXT, "Content-Encoding: gzip")
                .response();
        assertEquals(201, kept.status(), kept.toString());
        Response event = reader().get(events(channel) + "/" + json(kept).getString("id"));
        assertEquals(word, event.body());
        assertEquals("", event.header("Content-Encoding"));

        byte[] bomb = Compressed.gzip(new byte[tooLong()]), text = word.getBytes(StandardCharsets.UTF_8);
        assertEquals(413, coded(channel, bomb, "gzip").status());
        assertEquals(400, coded(channel, text, "gzip").status());
        byte[] zipped = Compressed.gzip(word), withJunk = Arrays.copyOf(zipped, zipped.length + 5);
        assertEquals(400, coded(channel, withJunk, "gzip").status());
        Response unknown = coded(channel, text, "br");
        assertEquals(415, unknown.status());
        assertEquals("gzip, deflate", unknown.header("Accept-Encoding"));
        assertTrue(unknown.body().contains("\"field\":\"Content-Encoding\""), unknown.body());
        assertEquals(1, json(reader().get("/channels/" + channel)).getInt("events"));
    }

    private Response coded(String channel, byte[] body, String coding) {
        return publisher()
                .send("POST", events(channel), body, TEXT, "Content-Encoding: " + coding)
                .response();
    }

    private String published(String channel, String data) {
        Response response = publish(channel, data);
        assertEquals(201, response.status(), response.toString());
        return json(response).getString("id");
    }

    private Response batch(String channel, String json, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Content-Type: application/json";
        return publisher()
                .send("POST", events(channel) + "?batch=true", json.getBytes(StandardCharsets.UTF_8), all)
                .response();
    }

    private static JsonObject json(Response response) {
        try (JsonReader reader = Json.createReader(new StringReader(response.body()))) {
            return reader.readObject();
        }
    }

    private static List<String> data(Response response) {
        return data(json(response).getJsonArray("events"));
    }

    private static List<String> data(JsonArray events) {
        return events.getValuesAs(JsonObject.class).stream()
                .map(event -> event.getString("data"))
                .toList();
    }

    private static String last(Response response) {
        return json(response).getString("last");
    }

    private static void problem(Response response, int status, String... parts) {
        assertEquals(status, response.status(), response.toString());
        assertTrue(response.header("Content-Type").startsWith("application/problem+json"), response.toString());
        for (String part : parts) assertTrue(response.body().contains(part), part + " is not in " + response.body());
        assertFalse(response.body().contains("Exception"), response.body());
    }

    private long waiting(String channel) {
        return json(reader().get("/channels/" + channel)).getJsonObject("waiters").values().stream()
                .mapToLong(value -> ((jakarta.json.JsonNumber) value).longValue())
                .sum();
    }

    /** A reader that is held. */
    private Exchange held(String channel, String query, String... headers) {
        long before = waiting(channel);
        Exchange exchange = reader().send("GET", events(channel) + query, headers);
        await("the reader is held").until(() -> waiting(channel) > before);
        return exchange;
    }

    @Test
    void aReaderGetsAPublishedEvent() {
        String channel = fresh();

        Response response = publisher()
                .send("POST", events(channel) + "?type=created", "hello".getBytes(StandardCharsets.UTF_8), TEXT)
                .response();

        assertEquals(201, response.status(), response.toString());
        String id = json(response).getString("id");
        assertEquals(publisher().context() + events(channel) + "/" + id, response.header("Location"));
        assertTrue(json(response).getJsonObject("receipt").getBoolean("committed"));
        Response read = reader().get(events(channel) + "?after=earliest");
        assertEquals(200, read.status());
        assertEquals("application/json", read.header("Content-Type"));
        assertEquals("no-store", read.header("Cache-Control"));
        assertEquals("\"" + id + "\"", read.header("ETag"));
        JsonObject event = json(read).getJsonArray("events").getJsonObject(0);
        assertEquals(id, event.getString("id"));
        assertEquals(channel, event.getString("channel"));
        assertEquals("created", event.getString("type"));
        assertEquals("text/plain", event.getString("contentType"));
        assertEquals("hello", event.getString("data"));
        assertEquals(id, last(read));
        assertFalse(json(read).containsKey("gap"));
    }

    @Test
    void aHeldReaderIsReleasedByTheNextEvent() {
        String channel = fresh();
        String first = published(channel, "one");
        try (Exchange held = held(channel, "?after=" + first)) {
            assertFalse(held.isAnswered());

            Response receipt = publish(channel, "two");

            assertEquals(List.of("two"), data(held.response()));
            JsonObject reached = json(receipt).getJsonObject("receipt");
            assertEquals(0, reached.getJsonArray("unknown").size(), receipt.body());
            assertEquals(
                    1,
                    reached.getJsonObject("released").values().stream()
                            .mapToLong(value -> ((jakarta.json.JsonNumber) value).longValue())
                            .sum(),
                    receipt.body());
        }
    }

    @Test
    void aReaderWithoutACursorIsGivenWhatComes() {
        String channel = fresh();
        published(channel, "before");
        try (Exchange held = held(channel, "")) {
            published(channel, "after");

            assertEquals(List.of("after"), data(held.response()));
        }
    }

    @Test
    void aReaderOfAChannelThatDoesNotExistIsHeldForItsFirstEvent() {
        String channel = fresh();
        try (Exchange held = held(channel, "")) {
            published(channel, "first");

            Response response = held.response();
            assertEquals(List.of("first"), data(response));
            assertFalse(json(response).containsKey("gap"));
        }
    }

    @Test
    void anEmptyPollKeepsTheCursor() {
        String channel = fresh();
        Response nothing = reader().get(events(channel) + "?wait=0");
        assertEquals(204, nothing.status());
        String cursor = nothing.header("ETag").replace("\"", "");
        published(channel, "between two requests");

        assertEquals(List.of("between two requests"), data(reader().get(events(channel) + "?after=" + cursor)));
        String last = last(reader().get(events(channel) + "?after=earliest"));
        Response vain = reader().get(events(channel) + "?wait=1&after=" + last);
        assertEquals(204, vain.status());
        assertEquals("\"" + last + "\"", vain.header("ETag"));
        assertEquals("", vain.body());
    }

    @Test
    void everyFormOfTheCursorMeansTheSame() {
        String channel = fresh();
        String one = published(channel, "1"), two = published(channel, "2");
        published(channel, "3");
        List<String> rest = List.of("2", "3");

        assertEquals(rest, data(reader().get(events(channel) + "?after=" + one)));
        assertEquals(rest, data(reader().get(events(channel), "Last-Event-ID: " + one)));
        assertEquals(rest, data(reader().get(events(channel), "If-None-Match: \"" + one + "\"")));
        assertEquals(rest, data(reader().get(events(channel), "If-None-Match: W/\"" + one + "\"")));
        assertEquals(
                List.of("3"),
                data(reader().get(events(channel) + "?after=" + one, "Last-Event-ID: " + two)),
                "a stream that reconnects keeps its address");
        Response unchanged = reader().get(
                        events(channel) + "?wait=0",
                        "If-None-Match: \"" + last(reader().get(events(channel) + "?after=" + two)) + "\"");
        assertEquals(304, unchanged.status());
    }

    @Test
    void ofAListOfTagsTheFirstThatIsACursorCounts() {
        String channel = fresh();
        String first = published(channel, "one");
        published(channel, "two");

        for (String tags : List.of("\"other\", \"" + first + "\"", "W/\"" + first + "\",\"earliest\""))
            assertEquals(List.of("two"), data(reader().get(events(channel), "If-None-Match: " + tags)), tags);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\", \"b\"", "W/\"5e1-18f\"", "\"\"", "a", "*", "\"33a64df5\""})
    void tagsOfOtherResponsesDoNotMatch(String tags) {
        String channel = fresh();
        String first = published(channel, "one");
        published(channel, "two");

        Response now = reader().get(events(channel) + "?wait=0", "If-None-Match: " + tags);
        assertEquals(204, now.status(), now.toString());
        assertEquals(List.of("two"), data(reader().get(events(channel) + "?after=" + first, "If-None-Match: " + tags)));
        try (Exchange stream =
                reader().send("GET", events(channel) + "?after=" + first, STREAM, "If-None-Match: " + tags)) {
            assertFalse(stream.until("data: two\n\n").contains("gap"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lastEventId",
                "lastEventID",
                "lasteventid",
                "last_event_id",
                "Last-Event-ID",
                "last-event-id",
                "last%45ventId"
            })
    void theCursorMayComeUnderTheNamesThatClientsUse(String name) {
        String channel = fresh();
        String one = published(channel, "1"), two = published(channel, "2");
        published(channel, "3");
        String path = events(channel);

        assertEquals(List.of("2", "3"), data(reader().get(path + "?" + name + "=" + one)));
        for (String query : List.of(
                "?after=" + one + "&" + name + "=" + two,
                "?" + name + "=" + two + "&after=" + one,
                "?" + name + "=" + one + "&" + name + "=" + two,
                "?after=" + two + "&" + name + "=")) {
            assertEquals(List.of("3"), data(reader().get(path + query)), query);
            try (Exchange stream = reader().send("GET", path + query, STREAM)) {
                assertFalse(stream.until("data: 3\n\n").contains("data: 2"), query);
            }
            try (Exchange lines = reader().send("GET", path + query, LINES)) {
                assertFalse(lines.until("\"data\":\"3\"").contains("\"data\":\"2\""), query);
            }
        }
        assertEquals(
                List.of("3"),
                data(reader().get(path + "?" + name + "=" + one + "&after=earliest", "Last-Event-ID: " + two)),
                "the header comes first");
        problem(reader().get(path + "?" + name + "=nonsense"), 400, "\"rule\":\"a cursor of these channels");
    }

    @Test
    void aStreamWithAnInvalidCursorGetsAGapAndAllKeptEvents() {
        String channel = fresh(), elsewhere = published(fresh(), "x"), path = events(channel);
        String one = published(channel, "1");
        published(channel, "2");
        String gap = "{\"after\":\"unknown\",\"oldest\":\"" + one + "\"}";

        for (String query : List.of(
                "?after=nonsense",
                "?after=",
                "?after=" + elsewhere,
                "?lastEventId=42",
                "?last_event_id=%FF",
                "?after=" + one + "&after=" + one,
                "?after=" + "y".repeat(1_500))) {
            try (Exchange stream = reader().send("GET", path + query, STREAM)) {
                String come = stream.until("data: 2\n\n");
                assertTrue(come.startsWith("HTTP/1.1 200"), come);
                assertTrue(come.contains("event: gap\ndata: " + gap + "\n\nid: " + one + "\ndata: 1\n\n"), come);
            }
            try (Exchange lines = reader().send("GET", path + query, LINES)) {
                String come = lines.until("\"data\":\"2\"");
                assertTrue(come.contains("{\"gap\":" + gap + "}\n{\"id\":\"" + one + "\""), come);
            }
            String all = reader().get(path + query + "&wait=0", STREAM).body();
            assertTrue(all.contains("event: gap\n") && all.contains("data: 2\n\n"), all);
        }
        try (Exchange stream = reader().send("GET", path + "?after=" + one, STREAM, "Last-Event-ID: 17")) {
            assertTrue(stream.until("data: 2\n\n").contains("event: gap\ndata: " + gap), "the header comes first");
        }
    }

    @Test
    void aStreamWithAnInvalidCursorGetsAGapFromAnEmptyChannel() {
        String empty = fresh(), other = fresh();
        try (Exchange stream = reader().send("GET", events(empty), STREAM, "Last-Event-ID: ?")) {
            String gap = stream.until("\"oldest\":null}\n\n");
            assertTrue(gap.contains("event: gap\n") && gap.contains("id: "), gap);
            published(empty, "first");
            assertFalse(stream.until("data: first\n\n").contains("gap"));
        }
        published(other, "1");
        try (Exchange stream = reader().send("GET", events(empty + "," + other) + "?after=x", STREAM)) {
            String come = stream.until("data: 1\n\n");
            assertTrue(come.contains("\"channel\":\"" + empty + "\",\"after\":\"unknown.unknown\""), come);
            assertTrue(come.contains("\"channel\":\"" + other + "\""), come);
            String id = come.substring(come.lastIndexOf("\nid: ") + 5, come.lastIndexOf("\nchannel: "));
            assertEquals(
                    204,
                    reader().get(events(empty + "," + other) + "?wait=0&after=" + id)
                            .status());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/channels/x/events?wiat=5, wiat, wait",
        "/channels/x/events?fater=earliest, fater, after",
        "/channels/x/events?limt=5, limt, limit",
        "/channels/x/events?lastEventI=5, lastEventI, lastEventId",
        "/channels/x/events?must_exist=true, must_exist, must-exist",
        "/channels/x/events?a=1&w%69at=5, wiat, wait",
        "/channels/x?mustexist=true, mustexist, must-exist",
        "/counter/value/?lsat=0, lsat, last",
        "/counters/x/value/?last=0&Wait=1, Wait, wait",
        "/updates/?command, command, commands",
        "/cameras/x/logs/?cachd, cachd, cached",
        "/cameras/?aftr=x, aftr, after",
        "/jobs/?stat=done, stat, state",
        "/jobs/x?aftre=1, aftre, after",
        "/jobs/x/result?waits=1, waits, wait",
        "/workers/x/next?wat=1, wat, wait"
    })
    void aMisspeltParameterIsRefusedWithTheNearestName(String path, String name, String nearest) {
        problem(reader().get(path), 400, "\"field\":\"" + name + "\"", "'" + nearest + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "/channels/x/events?tpye=created, tpye, type",
        "/channels/x/events?recipt=none, recipt, receipt",
        "/channels/x/events?bacth=true, bacth, batch",
        "/counters/x/value/?wiat=1, wiat, wait",
        "/cameras/x/commands?wiat=1, wiat, wait",
        "/workers/x/1/ack?tokn=1, tokn, token",
        "/workers/x/1/response?tokne=1, tokne, token"
    })
    void aMisspeltParameterOfAPostIsRefusedAndNothingIsDone(String path, String name, String nearest) {
        problem(
                publisher().send("POST", path, new byte[] {'1'}, TEXT).response(),
                400,
                "\"field\":\"" + name + "\"",
                "'" + nearest + "'");
        assertEquals(0, json(reader().get("/channels/x")).getInt("events"));
    }

    @Test
    void otherParametersAreIgnored() {
        String channel = fresh();
        String one = published(channel, "1");
        published(channel, "2");

        for (String query : List.of("_=123", "utm_source=x", "WAIT=0", "a=b&a=c", "wa=1", "last=1", "t=0", "="))
            assertEquals(List.of("2"), data(reader().get(events(channel) + "?after=" + one + "&" + query)), query);
    }

    @Test
    void aRawEventThatTheReaderHasIsNotSentAgain() {
        String channel = fresh();
        String id = published(channel, "one"), path = events(channel) + "/" + id;

        for (String tags : List.of("\"" + id + "\"", "\"a\", W/\"" + id + "\"", "*")) {
            Response known = reader().get(path, "If-None-Match: " + tags);
            assertEquals(304, known.status(), tags);
            assertEquals("\"" + id + "\"", known.header("ETag"));
            assertEquals("", known.body());
        }
        assertEquals("one", reader().get(path, "If-None-Match: \"other\"").body());
    }

    @Test
    void aReaderThatAcceptsNoStreamGetsAPage() {
        String channel = fresh();
        published(channel, "one");

        Response response = reader().get(events(channel) + "?after=earliest", STREAM + ";q=0, application/json");

        assertEquals("application/json", response.header("Content-Type"));
        assertEquals(List.of("one"), data(response));
    }

    @Test
    void aBatchHasNoTypeOfItsOwn() {
        byte[] body = "[{\"data\":\"a\"}]".getBytes(StandardCharsets.UTF_8);
        String path = events(fresh()) + "?batch=true&type=";

        for (String type : List.of("x", ""))
            problem(
                    publisher()
                            .send("POST", path + type, body, "Content-Type: application/json")
                            .response(),
                    400,
                    "\"field\":\"type\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"type=%FF", "type=%C3", "type=a%C3%28", "type=%ED%A0%80", "%FF=1"})
    void aQueryThatIsNotUtf8IsRefused(String query) {
        problem(
                publisher()
                        .send("POST", events(fresh()) + "?" + query, new byte[] {'x'}, TEXT)
                        .response(),
                400,
                "percent-encoded UTF-8");
    }

    @Test
    void aLimitCutsPagesAndLosesNothing() {
        String channel = fresh();
        List<String> all = IntStream.range(0, 25).mapToObj(Integer::toString).toList();
        all.forEach(data -> published(channel, data));
        List<String> read = new ArrayList<>();
        String cursor = "earliest";
        while (read.size() < all.size()) {
            Response page = reader().get(events(channel) + "?limit=7&after=" + cursor);
            assertTrue(data(page).size() <= 7);
            read.addAll(data(page));
            cursor = last(page);
        }

        assertEquals(all, read);
    }

    @Test
    void aPreferenceForAWaitIsHonoured() {
        Response response = reader().get(events(fresh()), "Prefer: wait=1");

        assertEquals(204, response.status());
        assertEquals("wait=1", response.header("Preference-Applied"));
    }

    @Test
    void bytesThatAreNotTextComeAsBase64AndTheRawEventAsItWas() {
        String channel = fresh();
        byte[] bytes = {(byte) 0xff, 0, 13, 10, (byte) 0x80};
        Response response = publisher()
                .send("POST", events(channel), bytes, "Content-Type: image/png")
                .response();
        String id = json(response).getString("id");

        JsonObject event = json(reader().get(events(channel) + "?after=earliest"))
                .getJsonArray("events")
                .getJsonObject(0);
        assertEquals("base64", event.getString("encoding"));
        assertEquals("/wANCoA=", event.getString("data"));
        Response raw = reader().get(events(channel) + "/" + id);
        assertEquals(200, raw.status());
        assertEquals("image/png", raw.header("Content-Type"));
        assertEquals("5", raw.header("Content-Length"));
        assertEquals("nosniff", raw.header("X-Content-Type-Options"));
        assertTrue(raw.header("Last-Modified").endsWith(" GMT"), raw.toString());
        problem(reader().get(events(channel) + "/" + id.replaceFirst("-1-", "-2-")), 404, "\"field\":\"id\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain ;charset=utf-8", "application/x'y", "text/plain;charset=nonsense", "a/b;c=\"d e\""})
    void aRawEventOfAnyMediaTypeIsServed(String type) {
        String channel = fresh();
        Response response = publisher()
                .send("POST", events(channel), new byte[] {'x'}, "Content-Type: " + type)
                .response();
        assertEquals(201, response.status(), response.toString());

        Response raw = reader().get(events(channel) + "/" + json(response).getString("id"));
        assertEquals(200, raw.status(), raw.toString());
        assertEquals("x", raw.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain;charset=", "text/plain;", "text", "text/plain;charset=a b"})
    void anInvalidMediaTypeIsRefused(String type) {
        problem(
                publisher()
                        .send("POST", events(fresh()), new byte[] {'x'}, "Content-Type: " + type)
                        .response(),
                400,
                "\"field\":\"Content-Type\"");
    }

    @ParameterizedTest
    @CsvSource({"created,created", "%EF%BF%BD,%EF%BF%BD", "50%25%20off%20%C3%BC,50%25%20off%20%C3%BC"})
    void theTypeOfARawEventComesInAHeader(String query, String header) {
        String channel = fresh();
        Response response = publisher()
                .send("POST", events(channel) + "?type=" + query, new byte[] {1}, TEXT)
                .response();

        Response raw = reader().get(events(channel) + "/" + json(response).getString("id"));
        assertEquals(header, raw.header("Event-Type"));
    }

    @Test
    void aRepeatUnderTheSameKeyAddsNothing() {
        String channel = fresh();
        Response first = publish(channel, "once", "Idempotency-Key: \"a key\"".replace(" key", "-key"));
        Response repeat = publish(channel, "once", "Idempotency-Key: a-key");

        assertEquals(201, repeat.status());
        assertEquals("true", repeat.header("Idempotency-Replayed"));
        assertEquals(json(first).getString("id"), json(repeat).getString("id"));
        assertEquals(first.header("Location"), repeat.header("Location"));
        assertEquals(List.of("once"), data(reader().get(events(channel) + "?after=earliest")));
        problem(publish(channel, "other", "Idempotency-Key: a-key"), 422, "Idempotency-Key");
        assertNotEquals(
                json(first).getString("id"),
                json(publish(channel, "once", "Idempotency-Key: b-key")).getString("id"));
    }

    @Test
    void aBatchIsAppendedWholeAndInOrder() {
        String channel = fresh();
        Response response = batch(
                channel,
                "[{\"data\":\"a\",\"type\":\"x\"},{\"data\":\"AAE=\",\"encoding\":\"base64\",\"contentType\":\"image/png\"},{\"data\":\"\"}]",
                "Idempotency-Key: batch");

        assertEquals(201, response.status(), response.body());
        List<String> ids = json(response).getJsonArray("ids").getValuesAs(JsonString::getString);
        assertEquals(3, ids.size());
        Response read = reader().get(events(channel) + "?after=earliest");
        assertEquals(List.of("a", "AAE=", ""), data(read));
        assertEquals(
                ids,
                json(read).getJsonArray("events").getValuesAs(JsonObject.class).stream()
                        .map(event -> event.getString("id"))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | at least one event",
                "{} | a JSON array",
                "[1] | [0] must be a JSON object",
                "[{\"data\":\"ok\"},{\"data\":7}] | [1].data must be a string",
                "[{\"data\":{}}] | [0].data must be a string",
                "[{\"type\":\"x\"}] | [0].data",
                "[{\"data\":\"x\",\"colour\":\"red\"}] | [0].colour",
                "[{\"data\":\"x\",\"encoding\":\"rot13\"}] | [0].encoding",
                "[{\"data\":\"%%\",\"encoding\":\"base64\"}] | [0].data",
                "[{\"data\":\"x\"}] 5 | body",
                "[{\"data\":\"x\"}, | body",
                "nonsense | body"
            })
    void aBadBatchIsRefusedAndNothingIsStored(String body, String named) {
        String channel = fresh();

        problem(batch(channel, body), 400, named.replace("\"", "\\\""));
        assertEquals(0, json(reader().get("/channels/" + channel)).getInt("events"));
    }

    @Test
    void aBatchOfAnotherMediaTypeIsRefused() {
        String channel = fresh();
        Response response = publisher()
                .send(
                        "POST",
                        events(channel) + "?batch=true",
                        "[{\"data\":\"x\"}]".getBytes(StandardCharsets.UTF_8),
                        TEXT)
                .response();

        problem(response, 415, "\"field\":\"Content-Type\"", "application/json", "text/plain");
        problem(batch(channel, "[".repeat(100_000)), 400, "[0]");
    }

    @Test
    void anEventThatIsTooLongIsRefusedHoweverItComes() {
        String channel = fresh();
        byte[] body = new byte[tooLong()];
        problem(
                publisher()
                        .send("POST", events(channel), body, "Content-Type: image/png")
                        .response(),
                413,
                "\"field\":\"body\"");
        Exchange chunked = publisher().send("POST", events(channel), "Transfer-Encoding: chunked");
        chunked.write((Integer.toHexString(tooLong()) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunked.write(body);
        chunked.write("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        problem(chunked.response(), 413, "\"field\":\"body\"");
        assertEquals(0, json(reader().get("/channels/" + channel)).getInt("events"));
    }

    @Test
    void aChunkedBodyIsTakenWhole() {
        String channel = fresh();
        Exchange chunked = publisher().send("POST", events(channel), "Transfer-Encoding: chunked", TEXT);
        for (String part : List.of("hel", "lo ", "world"))
            chunked.write((part.length() + "\r\n" + part + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunked.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

        assertEquals(201, chunked.response().status());
        assertEquals(List.of("hello world"), data(reader().get(events(channel) + "?after=earliest")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "after=nonsense",
                "after=",
                "after=1-1-1",
                "limit=0",
                "limit=1001",
                "limit=ten",
                "wait=-1",
                "wait=soon",
                "must-exist=maybe",
                "limit=1&limit=2"
            })
    void aBadParameterIsNamed(String query) {
        String field = query.substring(0, query.indexOf('='));

        problem(
                reader().get(events(fresh()) + "?" + query),
                400,
                "\"field\":\"" + field + "\"",
                "\"rule\":",
                "\"value\":");
    }

    @Test
    void aCursorOfAnotherChannelIsRefused() {
        String elsewhere = published(fresh(), "x");

        problem(reader().get(events(fresh()) + "?after=" + elsewhere), 400, "\"field\":\"after\"");
        problem(reader().get(events(fresh()), "Last-Event-ID: " + elsewhere), 400, "\"field\":\"Last-Event-ID\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%20b", "..", "%C3%A9", "a,,b", "a,a", ","})
    void aBadNameIsRefused(String name) {
        problem(reader().get("/channels/" + name + "/events"), 400, "\"field\":\"names\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"type=", "type=gap", "type=last-event-id", "type=a%0Ab", "type=a%00b", "receipt=all", "batch=yes"
            })
    void aBadPublicationIsRefused(String query) {
        String channel = fresh();
        Response response = publisher()
                .send("POST", events(channel) + "?" + query, new byte[] {1}, TEXT)
                .response();

        problem(response, 400, "\"field\":\"" + query.substring(0, query.indexOf('=')) + "\"");
        assertEquals(0, json(reader().get("/channels/" + channel)).getInt("events"));
    }

    @Test
    void aChannelMayHaveToExist() {
        String channel = fresh();
        problem(reader().get(events(channel) + "?must-exist=true"), 404, channel);
        problem(reader().get("/channels/" + channel + "?must-exist=true"), 404, channel);
        published(channel, "x");

        assertEquals(List.of("x"), data(reader().get(events(channel) + "?must-exist=true&after=earliest")));
    }

    @Test
    void aClientCannotPublishToOrClearAPresenceChannel() {
        String channel = fresh() + "~presence";

        problem(publish(channel, "forged"), 403, "~presence");
        problem(publisher().send("DELETE", "/channels/" + channel).response(), 403, "~presence");
        assertEquals(0, json(reader().get("/channels/" + channel)).getInt("events"));
    }

    @Test
    void aStreamMayNeedItsChannelToExist() {
        String channel = fresh();
        problem(reader().get(events(channel) + "?must-exist=true", STREAM), 404, channel);
        published(channel, "x");

        try (Exchange stream = reader().send("GET", events(channel) + "?must-exist=true&after=earliest", STREAM)) {
            stream.until("data: x\n\n");
            published(channel, "y");
            stream.until("data: y\n\n");
        }
    }

    @Test
    void aLargePageComesWholeAndToASlowReaderToo() {
        String channel = fresh();
        String data = "0123456789".repeat(2_000);
        for (int i = 0; i < 10; i++) published(channel, data + i);
        List<String> all = IntStream.range(0, 10).mapToObj(i -> data + i).toList();

        try (Exchange slow = reader().send("GET", events(channel) + "?after=earliest")) {
            assertEquals(all, data(reader().get(events(channel) + "?after=earliest")));
            assertEquals(all, data(slow.response()));
        }
    }

    @Test
    void severalChannelsAreReadAsOne() {
        String x = fresh(), y = fresh(), both = x + "," + y;
        String start = reader().get(events(both) + "?wait=0").header("ETag").replace("\"", "");
        published(y, "y1");
        Response first = reader().get(events(both) + "?after=" + start);
        assertEquals(List.of("y1"), data(first));
        try (Exchange held = reader().send("GET", events(both) + "?after=" + last(first))) {
            await("held for both").until(() -> waiting(x) == 1 && waiting(y) == 1);
            published(x, "x1");

            Response second = held.response();
            assertEquals(List.of("x1"), data(second));
            await("held for neither").until(() -> waiting(x) == 0 && waiting(y) == 0);
            published(y, "y2");
            assertEquals(List.of("y2"), data(reader().get(events(both) + "?after=" + last(second))));
        }
        assertEquals(List.of("x1", "y1", "y2"), data(reader().get(events(both) + "?after=earliest")));
        problem(
                reader().get(events(both) + "?after=" + last(reader().get(events(x) + "?after=earliest"))),
                400,
                "after");
    }

    @Test
    void aChannelIsDescribedAndCleared() {
        String channel = fresh();
        String one = published(channel, "1"), two = published(channel, "22");
        JsonObject shown = json(reader().get("/channels/" + channel));
        assertEquals(one, shown.getString("first"));
        assertEquals(two, shown.getString("last"));
        assertEquals(2, shown.getInt("events"));

        assertEquals(
                204,
                publisher().send("DELETE", "/channels/" + channel).response().status());

        JsonObject cleared = json(reader().get("/channels/" + channel));
        assertTrue(cleared.isNull("first"));
        assertEquals(0, cleared.getInt("events"));
        JsonObject gap = json(reader().get(events(channel) + "?after=" + one));
        assertTrue(gap.getJsonObject("gap").isNull("oldest"));
        String three = published(channel, "3");
        Response after = reader().get(events(channel) + "?after=" + two);
        assertEquals(List.of("3"), data(after));
        assertEquals(three, json(after).getJsonObject("gap").getString("oldest"));
    }

    @Test
    void aStreamHasEachEventAndResumes() {
        String channel = fresh();
        String one = published(channel, "one");
        try (Exchange stream = reader().send("GET", events(channel) + "?after=earliest", STREAM)) {
            String head = stream.until("data: one\n\n");
            assertTrue(head.startsWith("HTTP/1.1 200"), head);
            assertTrue(head.toLowerCase(java.util.Locale.ROOT).contains("content-type: text/event-stream"), head);
            assertTrue(head.contains("retry: "), head);
            assertTrue(head.contains("id: " + one + "\n"), head);
            String two = published(channel, "two\nlines");
            assertTrue(stream.until("data: lines\n\n").contains("id: " + two + "\ndata: two\n"));
        }
        try (Exchange resumed =
                reader().send("GET", events(channel) + "?after=earliest", STREAM, "Last-Event-ID: " + one)) {
            assertFalse(resumed.until("data: lines\n\n").contains("data: one"));
        }
    }

    @Test
    void aStreamWithoutACursorGetsOne() {
        String channel = fresh();
        published(channel, "before");
        try (Exchange stream = reader().send("GET", events(channel), STREAM)) {
            stream.until("\nid: ");
            String id = stream.until("\n\n").strip();
            await("held").until(() -> waiting(channel) == 1);
            published(channel, "after");
            assertFalse(stream.until("data: after\n\n").contains("before"));
            assertEquals(List.of("after"), data(reader().get(events(channel) + "?after=" + id)));
        }
    }

    @Test
    void aStreamWithoutAWaitEndsAndTheNextGets204() {
        String channel = fresh();
        String one = published(channel, "one");
        Response all = reader().get(events(channel) + "?wait=0&after=earliest", STREAM);
        assertEquals(200, all.status());
        assertTrue(all.body().contains("data: one\n\n"), all.body());
        Response stop = reader().get(events(channel) + "?wait=0", STREAM, "Last-Event-ID: " + one);
        assertEquals(204, stop.status());
    }

    @Test
    void aStreamOfLinesHasEachEventAndItsPlace() {
        String channel = fresh();
        published(channel, "one");
        try (Exchange stream = reader().send("GET", events(channel) + "?after=earliest", LINES)) {
            stream.until("\"data\":\"one\"");
            published(channel, "two");
            stream.until("\"data\":\"two\"");
        }
    }

    @Test
    void aStreamShowsAGap() {
        String channel = fresh();
        String one = published(channel, "one");
        publisher().send("DELETE", "/channels/" + channel).response();
        published(channel, "two");
        try (Exchange stream = reader().send("GET", events(channel), STREAM, "Last-Event-ID: " + one)) {
            assertTrue(stream.until("data: two\n\n").contains("event: gap\ndata: {"));
        }
    }

    @Test
    void aReaderThatLeavesIsForgotten() {
        String channel = fresh();
        Exchange stream = reader().send("GET", events(channel), STREAM);
        await("held").until(() -> waiting(channel) == 1);
        stream.vanish();
        // The first write after a client left may succeed: the second does not.
        await("forgotten").atMost(Duration.ofSeconds(20)).until(() -> {
            published(channel, "x");
            return waiting(channel) == 0;
        });
    }

    @Test
    void methodsAreRefusedByName() {
        Response response =
                reader().send("PUT", events(fresh()), "Content-Length: 0").response();

        problem(response, 405, "\"field\":\"method\"");
        assertEquals("GET, HEAD, POST, OPTIONS", response.header("Allow"));
        Response head = reader().send("HEAD", events(fresh())).response();
        assertEquals(204, head.status());
    }

    @ParameterizedTest
    @CsvSource({"text/event-stream, text/event-stream;charset=utf-8", "application/x-ndjson, application/x-ndjson"})
    void theHeadOfAStreamIsThatOfAGetAndHasNoLength(String accept, String type) {
        String channel = fresh();
        Response absent = reader().send("HEAD", events(channel) + "?must-exist=true", "Accept: " + accept)
                .response();
        assertEquals(404, absent.status(), absent.toString());
        published(channel, "1");

        for (String query : List.of("", "?must-exist=true", "?after=earliest", "?lasteventid=x")) {
            Response head = reader().send("HEAD", events(channel) + query, "Accept: " + accept)
                    .response();
            assertEquals(200, head.status(), head.toString());
            assertEquals(type, head.header("Content-Type").replace("; ", ";").toLowerCase(Locale.ROOT));
            assertEquals("no", head.header("X-Accel-Buffering"));
            assertEquals("no-store", head.header("Cache-Control"));
            assertEquals("", head.header("Content-Length"));
            assertEquals("", head.body());
        }
    }
}
