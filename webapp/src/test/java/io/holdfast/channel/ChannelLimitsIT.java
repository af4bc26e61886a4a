// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Line;
import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import io.holdfast.testing.OwnTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Channels at their limits: retention, room, silence between members, slow readers. */
class ChannelLimitsIT {

    private static Response publish(Http http, String channel, byte[] data, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Content-Type: text/plain");
        return http.send("POST", "/channels/" + channel + "/events", data, all.toArray(String[]::new))
                .response();
    }

    private static Response publish(Http http, String channel, String data) {
        return publish(http, channel, data.getBytes(StandardCharsets.UTF_8));
    }

    private static String cursor(Response response) {
        return response.header("ETag").replace("\"", "");
    }

    @Test
    void aReaderBehindTheOldestKeptEventGetsAGap() {
        try (Members members = Members.start(1, Map.of("channel.keep.patterns", "short-*:events=2"))) {
            Http http = members.get(0).http();
            publish(http, "short-1", "1");
            String one = cursor(http.get("/channels/short-1/events?after=earliest"));
            publish(http, "short-1", "2");
            publish(http, "short-1", "3");
            assertFalse(http.get("/channels/short-1/events?after=" + one).body().contains("\"gap\""));
            publish(http, "short-1", "4");

            Response gap = http.get("/channels/short-1/events?after=" + one);
            assertTrue(gap.body().contains("\"gap\":{"), gap.body());
            assertFalse(gap.body().contains("\"data\":\"2\""), gap.body());
            assertTrue(gap.body().contains("\"data\":\"3\""), gap.body());
            String now = cursor(gap);
            assertFalse(http.get("/channels/short-1/events?wait=0&after=" + now)
                    .body()
                    .contains("gap"));
            for (int i = 0; i < 5; i++) publish(http, "long", Integer.toString(i));
            assertTrue(http.get("/channels/long").body().contains("\"events\":5"), "another channel keeps its own");
        }
    }

    @Test
    void eventsThatAreTooOldAreGoneAndAChannelWithoutAnyVanishes() {
        try (Members members = Members.start(1, Map.of("channel.keep.age", "1s"))) {
            Http http = members.get(0).http();
            publish(http, "aged", "1");
            String one = cursor(http.get("/channels/aged/events?after=earliest"));
            publish(http, "aged", "2");
            long published = OwnTime.now();
            await("both are too old")
                    .until(() -> http.get("/channels/aged/events?wait=0&after=earliest")
                                    .status()
                            == 204);
            assertTrue(OwnTime.since(published).toSeconds() < 5, "they go soon after their time");

            assertTrue(http.get("/channels/aged/events?after=" + one).body().contains("\"gap\":{"));
        }
    }

    @Test
    void beyondTheMostChannelsNothingIsStoredAndNothingEvicted() {
        try (Members members = Members.start(1, Map.of("channel.limit", "2", "cluster.sweep", "100ms"))) {
            Http http = members.get(0).http();
            publish(http, "one", "1");
            publish(http, "two", "2");
            Response refused = publish(http, "three", "3");
            assertEquals(507, refused.status());
            assertTrue(refused.body().contains("channel.limit"), refused.body());
            assertEquals(201, publish(http, "one", "more").status());
            assertTrue(http.get("/channels/one/events?after=earliest").body().contains("\"data\":\"1\""));
        }
    }

    @Test
    void beyondTheMostBytesNothingIsStored() {
        try (Members members = Members.start(1, Map.of("channel.memory", "100KiB", "cluster.sweep", "100ms"))) {
            Http http = members.get(0).http();
            byte[] large = new byte[60_000];
            assertEquals(201, publish(http, "one", large).status());
            assertEquals(507, publish(http, "two", large).status());

            Response refused = publish(http, "two", large);
            assertTrue(refused.body().contains("channel.memory"), refused.body());
            assertEquals(204, http.send("DELETE", "/channels/one").response().status());
            await("there is room again").until(() -> publish(http, "two", large).status() == 201);
        }
    }

    @Test
    void aBusyChannelGoesOnAtItsShareAndLeavesRoomForOthers() {
        try (Members members = Members.start(2, Map.of("channel.memory", "400KiB"))) {
            Http http = members.get(0).http();
            byte[] event = new byte[10_000];
            publish(http, "busy", event);
            String first = cursor(http.get("/channels/busy/events?after=earliest"));
            for (int i = 0; i < 40; i++)
                assertEquals(201, publish(http, "busy", event).status(), "event " + i);

            Response behind = http.get("/channels/busy/events?after=" + first);
            assertTrue(behind.body().contains("\"gap\":{"), "a reader behind is told");
            Response numbers = http.get("/channels/busy");
            assertTrue(numbers.body().matches("(?s).*\"events\":1[0-9],.*"), numbers.body());
            String batch =
                    "[" + "{\"data\":\"%s\"},".formatted("x".repeat(9_000)).repeat(5) + "{\"data\":\"end\"}]";
            assertEquals(
                    201,
                    http.send(
                                    "POST",
                                    "/channels/busy/events?batch=true",
                                    batch.getBytes(StandardCharsets.UTF_8),
                                    "Content-Type: application/json")
                            .response()
                            .status());
            for (int i = 0; i < 20; i++)
                assertEquals(201, publish(http, "other-" + i, new byte[1_000]).status());
        }
    }

    @Test
    void whatAnybodyPublishesLeavesRoomForPublishers() {
        Map<String, String> settings = Map.of("channel.memory", "100KiB", "access.publish", "anyone");
        try (Members members = Members.start(1, settings)) {
            Http http = members.get(0).http();
            byte[] event = new byte[5_000];
            int taken = 0, last;
            while ((last = publish(http, "anybody-" + taken, event, "Via: 1.1 proxy")
                            .status())
                    == 201) taken++;

            assertTrue(taken > 10, "there was room for " + taken);
            assertEquals(507, last, "taken: " + taken);
            assertEquals(
                    507,
                    publish(http, "anybody-0" + taken, event, "Via: 1.1 proxy").status(),
                    "taken: " + taken);
            for (int i = 0; i < 3; i++)
                assertEquals(201, publish(http, "own-" + i, event).status());
            assertEquals(
                    201, publish(http, "anybody-0", event, "Via: 1.1 proxy").status(), "in place of its older event");
        }
    }

    @Test
    void withoutSignalsReadersAreReleasedByTheSweepAndMembersAreUnknown() {
        try (Members members = Members.start(
                2, Map.of("cluster.signals", "off", "cluster.sweep", "500ms", "channel.receipt-patience", "200ms"))) {
            try (Exchange held = members.get(0).http().send("GET", "/channels/silent/events?wait=20")) {
                await("held").until(() -> members.get(0).holds() == 1);
                Response receipt = publish(members.last().http(), "silent", "x");

                assertEquals(201, receipt.status());
                assertTrue(receipt.body().matches("(?s).*\"unknown\":\\[\"[0-9a-f]{8}\"\\].*"), receipt.body());
                assertTrue(held.response().body().contains("\"data\":\"x\""));
            }
        }
    }

    @Test
    void belowTheMinimumSizeAPublisherGets503WithOutcomeNone() {
        try (Members members = Members.start(1, Map.of("cluster.minimum-size", "2"))) {
            Response refused = publish(members.get(0).http(), "alone", "x");

            assertEquals(503, refused.status());
            assertTrue(refused.body().contains("\"outcome\":\"none\""), refused.body());
            assertFalse(refused.header("Retry-After").isEmpty());
        }
    }

    @Test
    void aStreamThatReadsNothingIsCutAndTheOthersAreNotSlowed() {
        Map<String, String> settings = Map.of(
                "channel.stall",
                "2s",
                "channel.lag",
                "4MiB",
                "channel.heartbeat",
                "1s",
                "channel.keep.bytes",
                "256MiB",
                "channel.memory",
                "256MiB",
                "camera.memory",
                "1MiB",
                "work.memory",
                "1MiB");
        try (Members members = Members.start(1, settings)) {
            Member member = members.get(0);
            Http http = member.http();
            List<Exchange> stalled = new ArrayList<>();
            for (int i = 0; i < 50; i++)
                stalled.add(http.send("GET", "/channels/busy/events", "Accept: text/event-stream"));
            await("all are held").until(() -> member.holds() == 50);
            try (Exchange reader = http.send("GET", "/channels/busy/events", "Accept: text/event-stream")) {
                await("it is held").until(() -> member.holds() == 51);
                byte[] data = "x".repeat(200_000).getBytes(StandardCharsets.US_ASCII);
                for (int i = 0; i < 60; i++) {
                    assertEquals(201, publish(http, "busy", data).status());
                    reader.until("xxx\n\n");
                }
                publish(http, "busy", "the end");
                reader.until("data: the end\n\n");
                await("those that read nothing are cut")
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> member.holds() <= 1);
                await("it is counted").untilAsserted(() -> {
                    String metrics = http.get("/metrics").body();
                    assertTrue(metrics.contains("\nholdfast_channel_cut_total 50.0\n"), metrics);
                    assertTrue(metrics.contains("\nholdfast_channel_streams 1.0\n"), metrics);
                    assertTrue(metrics.contains("\nholdfast_channel_events_total 61.0\n"), metrics);
                });
            } finally {
                stalled.forEach(Exchange::vanish);
            }
        }
    }

    @Test
    void aReaderThatIsSlowButSteadyIsGivenAllOfALargeEvent() throws Exception {
        Map<String, String> settings = Map.of("channel.stall", "3s", "channel.event-size", "16MiB");
        try (Members members = Members.start(1, settings);
                SlowReaders slow = new SlowReaders(150_000)) {
            Http http = members.get(0).http();
            byte[] data = "x".repeat(8_000_000).getBytes(StandardCharsets.US_ASCII);
            String id = publish(http, "large", data).header("Location");
            String events = http.context() + "/channels/large/events";
            slow.add(http.port(), events + "?after=earliest", "application/json");
            slow.add(http.port(), events + "?after=earliest", "text/event-stream");
            slow.add(http.port(), id, "*/*");
            slow.start();

            await("all three have all of it")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> slow.taken() > 3L * data.length);
        }
    }

    @Test
    void aClientThatTakesNothingOfALongAnswerIsCut() throws Exception {
        try (Members members = Members.start(1, Map.of("channel.stall", "1s", "channel.event-size", "16MiB"))) {
            Http http = members.get(0).http();
            publish(http, "large", "x".repeat(12_000_000).getBytes(StandardCharsets.US_ASCII));
            try (Line line = Line.narrow(http.port())) {
                line.send("GET " + http.context()
                        + "/channels/large/events?after=earliest HTTP/1.1\r\nHost: localhost\r\n\r\n");
                String head = line.readTo("\r\n\r\n");
                assertTrue(head.startsWith("HTTP/1.1 200"), head);
                await("it is cut").atMost(Duration.ofSeconds(10)).until(line::isRefused);
            }
        }
    }

    @Test
    void aMemberThatIsFullRefusesPollsAndLinesAndEndsTheStreamsOfBrowsersAtOnce() {
        try (Members members = Members.start(1, Map.of("hold.limit", "1"))) {
            Member member = members.get(0);
            Http http = member.http();
            try (Exchange held = http.send("GET", "/channels/full/events?wait=60")) {
                await("it is held").until(() -> member.holds() == 1);
                for (String accept : List.of("application/json", "application/x-ndjson")) {
                    Response refused = http.get("/channels/full/events", "Accept: " + accept);
                    assertEquals(503, refused.status(), refused.toString());
                    assertFalse(refused.header("Retry-After").isEmpty());
                }
                Response ended = http.get("/channels/full/events", "Accept: text/event-stream");
                assertEquals(200, ended.status(), ended.toString());
                assertTrue(ended.body().contains("retry: "), ended.body());
                held.vanish();
            }
        }
    }

    /** As lenient parsers do, which make an event of each empty line. */
    private static List<String> blocks(String stream) {
        List<String> blocks = new ArrayList<>(List.of(stream.split("\n\n", -1)));
        blocks.remove(blocks.size() - 1); // it has not ended
        return blocks;
    }

    @Test
    void commentsAndRetriesAreNoEventsToLenientParsers() {
        String events = "/channels/beats/events", accept = "Accept: text/event-stream";
        try (Members members = Members.start(1, Map.of("channel.heartbeat", "1s"))) {
            Http http = members.get(0).http();
            try (Exchange stream = http.send("GET", events, accept)) {
                stream.until("\r\n\r\n");
                String come = stream.until("\n: still here\n") + stream.until("\n: still here\n");
                publish(http, "beats", "first");
                come += stream.until("data: first\n\n");
                publish(http, "beats", "second");
                come += stream.until("data: second\n\n") + stream.until(": still here\n");

                List<String> blocks = blocks(come.replaceAll("(?m)^[0-9a-f]+\r\n|\r\n", ""));
                assertEquals(3, blocks.size(), come);
                for (String block : blocks) assertTrue(block.contains("\ndata: "), come);
                assertTrue(blocks.get(0).contains("event: last-event-id\ndata: {\"last\":\""), come);
            }
            String one = cursor(http.get(events + "?after=earliest&limit=1"));
            try (Exchange stream = http.send("GET", events + "?after=" + one, accept)) {
                stream.until("\r\n\r\n");
                String come = stream.until("data: second\n\n");
                assertEquals(1, blocks(come).size(), come);
            }
        }
    }

    @Test
    void aStreamThatEndsAfterAHeartbeatLeavesNoLineWithoutAnEvent() {
        try (Members members = Members.start(1, Map.of("channel.stream-time", "2s", "channel.heartbeat", "1s"))) {
            Http http = members.get(0).http();
            publish(http, "idle", "one");
            String one = cursor(http.get("/channels/idle/events?after=earliest"));
            for (String query : List.of("?after=" + one, "")) {
                String body = http.get("/channels/idle/events" + query, "Accept: text/event-stream")
                        .body();
                String last = body.substring(body.lastIndexOf(": still here"));
                assertTrue(
                        last.endsWith("event: last-event-id\ndata: {\"last\":\"" + one + "\"}\nid: " + one + "\n\n"),
                        body);
            }
        }
    }

    @Test
    void aMemberThatMayNotReadEndsTheStreamsOfBrowsersAtOnce() {
        try (Members members = Members.start(1, Map.of("cluster.minimum-size", "2"))) {
            Http http = members.get(0).http();
            assertEquals(503, http.get("/channels/doubt/events?wait=0").status());
            for (String query : List.of("", "?wait=0", "?must-exist=true", "?after=earliest")) {
                Response ended = http.get("/channels/doubt/events" + query, "Accept: text/event-stream");
                assertEquals(200, ended.status(), ended.toString());
                assertTrue(ended.body().matches("retry: [0-9]{4}\n"), ended.body());
            }
        }
    }

    @Test
    void fiveHundredReadersOfAKilobyteASecondDoNotSlowTheOthers() throws Exception {
        try (Members members = Members.start(1, Map.of("channel.lag", "64MiB"));
                SlowReaders slow = new SlowReaders(100)) {
            Member member = members.get(0);
            Http http = member.http();
            for (int i = 0; i < 500; i++)
                slow.add(http.port(), http.context() + "/channels/busy/events", "text/event-stream");
            await("all are held").until(() -> member.holds() == 500);
            slow.start();
            try (Exchange reader = http.send("GET", "/channels/busy/events", "Accept: text/event-stream")) {
                await("it is held").until(() -> member.holds() == 501);
                byte[] data = "x".repeat(50_000).getBytes(StandardCharsets.US_ASCII);
                long longest = 0;
                for (int i = 0; i < 40; i++) {
                    long start = System.nanoTime();
                    assertEquals(201, publish(http, "busy", data).status());
                    reader.until("xxx\n\n");
                    longest = Math.max(longest, System.nanoTime() - start);
                }
                assertTrue(longest < Duration.ofSeconds(2).toNanos(), longest / 1_000_000 + " ms");
            }
            assertTrue(slow.taken() < 500 * 100_000, "they are slow: " + slow.taken());
            await("they do read").until(() -> slow.taken() > 500 * 1_000);
        }
    }
}
