// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Ports;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many members a cluster expects, what it does with fewer, and with settings that differ. */
class ExpectedMembersIT {
    private static final String WRITE = "/counters/x/value/";

    private final String name = "expected-" + UUID.randomUUID();
    private final List<Member> started = new ArrayList<>();
    private List<Integer> ports = List.of();

    @AfterEach
    void close() {
        Collections.reverse(started);
        started.forEach(Member::close);
    }

    private void ports(int count) {
        ports = IntStream.range(0, count).mapToObj(i -> Ports.free()).toList();
    }

    private Member start(int index, String... settings) {
        String peers = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        Map<String, String> own = new HashMap<>(Map.of("cluster.name", name, "cluster.peers", peers));
        own.put("cluster.port", Integer.toString(ports.get(index)));
        for (String setting : settings)
            own.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        Member member = Member.start(own);
        started.add(member);
        return member;
    }

    private static void kill(Member member) {
        member.hazelcast().getLifecycleService().terminate();
    }

    private static void awaitReady(Member member, int members) {
        await().until(() -> {
            Response ready = member.http().get("/health/ready");
            return ready.status() == 200 && ready.body().contains("\"members\":" + members + ",");
        });
    }

    private static void awaitUnready(Member member, String reason) {
        await().until(() -> {
            Response ready = member.http().get("/health/ready");
            return ready.status() == 503 && ready.body().contains(reason);
        });
    }

    @Test
    void ofThreePeersTwoWriteAndOneDoesNot() {
        ports(3);
        Member first = start(0);
        Response alone = first.http().get("/health/ready");
        assertEquals(503, alone.status());
        assertTrue(
                alone.body()
                        .contains(
                                "\"reason\":\"the cluster has 1 of at least 2 members\",\"members\":1,\"expected\":3"),
                alone.body());
        assertEquals(503, first.http().post(WRITE).status());

        Member second = start(1);
        awaitReady(first, 2);
        assertEquals("1\n", first.http().post(WRITE).body());

        Member third = start(2);
        awaitReady(first, 3);
        awaitReady(second, 3);
        kill(third);
        awaitReady(first, 2);
        assertEquals("2\n", first.http().post(WRITE).body());

        kill(second);
        awaitUnready(first, "the cluster has 1 of at least 2 members");
        assertEquals(503, first.http().post(WRITE).status());
    }

    @Test
    void ofTwoPeersEachGoesOnAlone() {
        ports(2);
        Member first = start(0), second = start(1);
        awaitReady(first, 2);

        kill(second);

        awaitReady(first, 1);
        assertEquals("1\n", first.http().post(WRITE).body());
    }

    @Test
    void aMemberThatExpectsAnotherNumberThanMostIsNotReady() {
        ports(3);
        Member first = start(0), second = start(1), other = start(2, "cluster.expected=5");

        awaitUnready(other, "this member expects 5 members, the others 3");
        awaitReady(first, 3);
        awaitReady(second, 3);
        assertEquals("1\n", other.http().post(WRITE).body(), "it is a member all the same");
    }

    /** The operator adds members with the new number, then restarts the old ones with it, one after the other. */
    @Test
    void whenMostMembersExpectANewNumberTheOthersAreNotReady() {
        ports(4);
        Member old = start(0, "cluster.expected=3");
        start(1, "cluster.expected=4");
        awaitReady(old, 2); // the oldest is right where as many say one thing as another

        Member third = start(2, "cluster.expected=4");

        awaitUnready(old, "this member expects 3 members, the others 4");
        awaitReady(third, 3);
    }

    @Test
    void aMemberThatComesAfterALossKnowsHowManyTheOthersHaveSeen() {
        ports(5);
        for (int i = 0; i < 4; i++) start(i, "cluster.expected=1");
        awaitReady(started.get(0), 4);
        kill(started.get(3));
        awaitReady(started.get(0), 3);
        kill(started.get(2));
        awaitUnready(started.get(0), "the cluster has 2 of at least 3 members");

        Member newcomer = start(4, "cluster.expected=1");
        awaitReady(newcomer, 3);
        kill(started.get(1));

        awaitUnready(newcomer, "the cluster has 2 of at least 3 members");
    }

    @Test
    void aMemberThatLeftInGoodOrderIsNotMissed() {
        ports(4);
        for (int i = 0; i < 4; i++) start(i, "cluster.expected=1");
        awaitReady(started.get(0), 4);
        started.remove(3).close();
        awaitReady(started.get(0), 3);

        kill(started.get(2));

        awaitReady(started.get(0), 2);
    }
}
