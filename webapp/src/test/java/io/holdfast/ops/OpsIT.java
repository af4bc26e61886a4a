// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.ops;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.AttributeNotFoundException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An operator's view of a member at work, over HTTP and over JMX. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpsIT {
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z_][a-z0-9_]*)(\\{([a-z_]+=\"[^\"]*\",?)+})? (-?[0-9.]+(E-?[0-9]+)?|\\+Inf|NaN)");
    private static final String VERSION = BuildInfo.read().version(),
            COMMIT = BuildInfo.read().commit();
    private static final String BUILD = "\"version\":\"" + VERSION + "\",\"commit\":\"" + COMMIT + "\"";
    private static final MBeanServer JMX = ManagementFactory.getPlatformMBeanServer();

    private Member member = work();

    @BeforeAll
    void aMemberThatHasReleasedOneAndTimedOutAnother() {
        Exchange held = member.http().send("GET", "/counter/value/?last=0&wait=20");
        await().until(() -> member.holds() == 1);
        member.http().post("/counter/value/");
        assertEquals("1\n", held.response().body());
        assertEquals("{}\n", member.http().get("/counter/value/?last=1&wait=1").body());
    }

    private static Member work() {
        return Member.start(Map.of("hold.limit", "777"));
    }

    @AfterAll
    void stop() {
        member.close();
    }

    @Test
    void theMetricsAreTextThatPrometheusCanRead() {
        Response response = member.http().get("/metrics");

        assertEquals(200, response.status());
        assertTrue(response.header("Content-Type").startsWith("text/plain;"), response.header("Content-Type"));
        assertTrue(response.body().endsWith("\n"));
        Map<String, String> types = new TreeMap<>();
        for (String line : response.body().lines().toList()) {
            if (line.startsWith("# TYPE ")) types.put(line.split(" ", -1)[2], line.split(" ", -1)[3]);
            if (line.startsWith("#")) continue;
            Matcher sample = SAMPLE.matcher(line);
            assertTrue(sample.matches(), line);
            String name = sample.group(1).replaceAll("_(bucket|count|sum)$", "");
            assertTrue(types.containsKey(name) || types.containsKey(sample.group(1)), "no type for " + line);
        }
        assertEquals("gauge", types.get("holdfast_holds"));
        assertEquals("counter", types.get("holdfast_endings_total"));
        assertEquals("histogram", types.get("holdfast_hold_time_seconds"));
        assertEquals("histogram", types.get("holdfast_release_time_seconds"));
    }

    @Test
    void everyMetricIsOnThePageOfOperationsWithItsHelpText() throws IOException {
        Map<String, String> types = new TreeMap<>(), help = new TreeMap<>();
        try (Member busy = work()) {
            Exchange request = busy.http().send("GET", "/work/letters/a");
            Response given = busy.http().get("/workers/letters/next?wait=20");
            assertEquals(200, given.status());
            String lease = "/workers/letters/" + given.header("Work-Id");
            busy.http().post(lease + "/response?token=" + given.header("Work-Token"));
            assertEquals(200, request.response().status());
            busy.http().send("GET", "/work/letters/b");
            await().until(() -> busy.holds() == 1);
            for (String line : busy.http().get("/metrics").body().lines().toList()) {
                String[] parts = line.split(" ", 4);
                if (line.startsWith("# TYPE ")) types.put(parts[2], parts[3]);
                if (line.startsWith("# HELP ")) help.put(parts[2], parts[3]);
            }
        }
        List<String> right = help.entrySet().stream()
                .map(one -> "| `" + one.getKey() + "` | " + types.get(one.getKey()) + " | " + one.getValue() + " |")
                .toList();

        List<String> found = Files.readAllLines(Path.of("..", "docs", "operations.md")).stream()
                .filter(line -> line.startsWith("| `holdfast_"))
                .toList();

        assertEquals(String.join("\n", right), String.join("\n", found));
    }

    @Test
    void everyHelpTextCanBeReadByItself() {
        Pattern pronoun = Pattern.compile("\\b(it|its|them|they|those|these|this one)\\b", Pattern.CASE_INSENSITIVE);
        for (String line : member.http().get("/metrics").body().lines().toList())
            if (line.startsWith("# HELP ")) assertFalse(pronoun.matcher(line).find(), line);
    }

    @Test
    void theMetricsSayWhatHasHappened() {
        assertEquals(0, member.meter("holdfast_holds"));
        assertEquals(777, member.meter("holdfast_holds_limit"));
        assertEquals(1, member.meter("holdfast_cluster_members"));
        assertEquals(1, member.meter("holdfast_endings_total{ending=\"released\"}"));
        assertEquals(1, member.meter("holdfast_endings_total{ending=\"timed-out\"}"));
        assertEquals(0, member.meter("holdfast_endings_total{ending=\"gone\"}"));
        assertEquals(2, member.meter("holdfast_hold_time_seconds_count"));
        assertEquals(1, member.meter("holdfast_release_time_seconds_count"));
        assertTrue(member.meter("holdfast_hold_time_seconds_sum") >= 1);
    }

    @Test
    void theMetricsNameTheBuild() throws JMException {
        assertEquals(1, member.meter("holdfast_build_info{commit=\"" + COMMIT + "\",version=\"" + VERSION + "\"}"));
        assertEquals(1.0, JMX.getAttribute(bean(member), "holdfast.build.info." + COMMIT + "." + VERSION));
    }

    @Test
    void theJmxBeanShowsTheSameNumbers() throws Exception {
        ObjectName name = bean(member);
        Map<String, String> pairs = Map.of(
                "holdfast.holds", "holdfast_holds",
                "holdfast.holds.limit", "holdfast_holds_limit",
                "holdfast.cluster.members", "holdfast_cluster_members",
                "holdfast.endings.released", "holdfast_endings_total{ending=\"released\"}",
                "holdfast.endings.timed-out", "holdfast_endings_total{ending=\"timed-out\"}",
                "holdfast.endings.refused", "holdfast_endings_total{ending=\"refused\"}",
                "holdfast.hold.time.count", "holdfast_hold_time_seconds_count",
                "holdfast.hold.time.total", "holdfast_hold_time_seconds_sum",
                "holdfast.hold.time.le.1.0", "holdfast_hold_time_seconds_bucket{le=\"1.0\"}",
                "holdfast.release.time.count", "holdfast_release_time_seconds_count");

        for (Map.Entry<String, String> pair : pairs.entrySet())
            assertEquals(
                    member.meter(pair.getValue()),
                    (Double) JMX.getAttribute(name, pair.getKey()),
                    1e-9,
                    pair.toString());
        List<String> listed = Stream.of(JMX.getMBeanInfo(name).getAttributes())
                .map(MBeanAttributeInfo::getName)
                .toList();
        assertTrue(listed.containsAll(pairs.keySet()), listed.toString());
        assertEquals(
                listed.size(),
                JMX.getAttributes(name, listed.toArray(String[]::new)).size());
    }

    @Test
    void theJmxBeanIsForReading() throws Exception {
        ObjectName name = bean(member);

        assertThrows(AttributeNotFoundException.class, () -> JMX.getAttribute(name, "nothing"));
        assertThrows(
                AttributeNotFoundException.class,
                () -> JMX.setAttribute(name, new javax.management.Attribute("holdfast.holds", 1.0)));
        assertThrows(ReflectionException.class, () -> JMX.invoke(name, "anything", new Object[0], new String[0]));
    }

    @Test
    void theJmxBeanGoesWithTheMember() throws JMException {
        Member other = work();
        ObjectName name = bean(other);
        assertTrue(JMX.isRegistered(name));

        other.close();

        assertFalse(JMX.isRegistered(name));
        assertTrue(JMX.isRegistered(bean(member)), "the other deployment's stays");
    }

    private static ObjectName bean(Member member) throws JMException {
        return new ObjectName("io.holdfast:type=Meters,context=" + ObjectName.quote(member.context()));
    }

    @Test
    void aMemberThatIsUpIsLiveAndReady() {
        Response live = member.http().get("/health/live");
        assertEquals(200, live.status());
        assertEquals("{\"status\":\"UP\"}\n", live.body());

        Response ready = member.http().get("/health/ready");
        assertEquals(200, ready.status());
        assertEquals("{\"status\":\"UP\",\"members\":1,\"expected\":1,\"holds\":0," + BUILD + "}\n", ready.body());
        assertEquals("no-store", ready.header("Cache-Control"));
    }

    @Test
    void belowTheMinimumSizeAMemberIsLiveAndNotReady() {
        try (Member small = Member.start(Map.of("cluster.minimum-size", "3"))) {
            assertEquals(200, small.http().get("/health/live").status());
            Response ready = small.http().get("/health/ready");
            assertEquals(503, ready.status());
            assertEquals(
                    "{\"status\":\"DOWN\",\"reason\":\"the cluster has 1 of at least 3 members\",\"members\":1,\"expected\":1,\"holds\":0,"
                            + BUILD + "}\n",
                    ready.body());
        }
    }

    @Test
    void healthAndMetricsAnswerHeadAndRefuseWhatTheyAreNot() {
        for (String path : List.of("/health/live", "/health/ready", "/metrics")) {
            assertEquals(200, member.http().send("HEAD", path).response().status());
            Response refused = member.http().post(path);
            assertEquals(405, refused.status());
            assertEquals("GET, HEAD, OPTIONS", refused.header("Allow"));
        }
    }
}
