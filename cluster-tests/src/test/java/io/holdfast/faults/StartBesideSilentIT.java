// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.OwnTime;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Members are silent, each kind of silence on hosts of its own, and keep no other from starting. When they can speak again, they merge
 * without loss.
 */
class StartBesideSilentIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3), LOST = Duration.ofSeconds(12);
    /** A peer that does not answer within this time is left out. */
    private static final Duration SILENCE = Duration.ofSeconds(4);
    /** So long may a write take while the owner of its state is silent. */
    private static final Duration STALL = Duration.ofSeconds(8);

    private static final int WRITES = 24;

    /** The ways of being silent. */
    enum Silence {
        /** The port accepts, and nothing is said. */
        ACCEPTS,
        /** The process is stopped. */
        STOPPED,
        /** The network drops every packet, the first of a connection too. */
        DROPPED
    }

    private final List<Spawned> mute = new ArrayList<>();
    private int kept;

    /** The peer of {@code MemberConfigIT.membersFormAndJoinBesideASilentPeer} accepts. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ACCEPTS")
    void aMemberStartsBesideASilentPeerAndMergesWithItLater(Silence kind) throws Exception {
        try (Lan lan = new Lan(2);
                Hosts hosts = new Hosts(lan, "silent-" + kind)) {
            Member member = hosts.member(0);
            Duration usual = started(member, 2);
            increment(member);
            member.kill();
            hosts.member(1).awaitReady(1, PATIENCE);
            awaitTakenOver(hosts.member(1));
            silence(kind, lan, hosts, 1);
            Duration beside = restarted(member, 1);
            tell(kind, "1 of 2", usual, beside);
            increment(member);
            speak(kind, lan, hosts, 1);
            assertMerged(hosts);
        }
    }

    /** Nothing tells the others that a host has lost its power. When it is back, they still have connections to it. */
    @Test
    void aMemberWhosePeersHaveHalfOpenConnectionsToItStarts() throws Exception {
        try (Lan lan = new Lan(2);
                Hosts hosts = new Hosts(lan, "half-open")) {
            Member member = hosts.member(1);
            Duration usual = started(member, 2);
            increment(member);
            losePower(lan, member, 1);
            Duration beside = restarted(member, 2);
            System.out.println(
                    "FIGURES start ms half-open 1 of 2: usual=" + usual.toMillis() + " then=" + beside.toMillis());
            assertTrue(beside.compareTo(atMost(usual)) <= 0, () -> beside + " after " + usual);
            assertMerged(hosts);
        }
    }

    @Tag("drill")
    @ParameterizedTest
    @CsvSource({"ACCEPTS,3,1", "STOPPED,3,1", "DROPPED,3,1", "ACCEPTS,5,2", "STOPPED,5,2", "DROPPED,5,2"})
    void membersStartBesideSilentOnesAndMergeWithThemLater(Silence kind, int size, int silent) throws Exception {
        try (Lan lan = new Lan(size);
                Hosts hosts = new Hosts(lan, "silent-" + kind + size, "cluster.heartbeat-limit=5s")) {
            Member member = hosts.member(0), other = hosts.member(1);
            Duration usual = started(member, size);
            hosts.members().forEach(one -> one.awaitReady(size, PATIENCE));
            increment(member);
            for (int host = size - silent; host < size; host++) {
                silence(kind, lan, hosts, host);
                // A killed process takes with it what only it has, so the next waits until there is a copy of all.
                if (kind == Silence.ACCEPTS) awaitLeft(hosts, size - 1 - (host - (size - silent)));
            }
            if (kind != Silence.ACCEPTS) write(other, kind + " " + silent + " of " + size);
            Pause.of(LOST);
            awaitLeft(hosts, size - silent);
            member.kill();
            Duration beside = restarted(member, size - silent);
            tell(kind, silent + " of " + size, usual, beside);
            increment(member);
            for (int host = size - silent; host < size; host++) speak(kind, lan, hosts, host);
            assertMerged(hosts);
        } finally {
            mute.forEach(Spawned::close);
        }
    }

    @Tag("drill")
    @ParameterizedTest
    @CsvSource({"3,1", "5,2"})
    void membersThatLostTheirPowerStart(int size, int silent) throws Exception {
        try (Lan lan = new Lan(size);
                Hosts hosts = new Hosts(lan, "half-open-" + size)) {
            Duration usual = started(hosts.member(size - 1), size);
            hosts.members().forEach(one -> one.awaitReady(size, PATIENCE));
            increment(hosts.member(0));
            for (int host = size - silent; host < size; host++) {
                losePower(lan, hosts.member(host), host);
                Duration beside = restarted(hosts.member(host), size);
                System.out.println("FIGURES start ms half-open " + silent + " of " + size + ": usual="
                        + usual.toMillis() + " then=" + beside.toMillis());
                assertTrue(beside.compareTo(atMost(usual)) <= 0, () -> beside + " after " + usual);
                hosts.members().forEach(one -> one.awaitReady(size, PATIENCE));
            }
            increment(hosts.member(0));
            assertMerged(hosts);
        }
    }

    /** The first members, which speak, see that many; those that shall be silent next are not asked. */
    private static void awaitLeft(Hosts hosts, int left) {
        int speaking = Math.min(left, hosts.members().size() / 2 + 1);
        for (Member one : hosts.members().subList(0, speaking)) one.awaitReady(left, PATIENCE);
    }

    private void silence(Silence kind, Lan lan, Hosts hosts, int host) {
        Member member = hosts.member(host);
        switch (kind) {
            case ACCEPTS -> {
                member.kill();
                Spawned process = Mute.start(member.name() + "-mute", lan.on(host), lan.address(host), 5701);
                mute.add(process);
                await("it listens").atMost(PATIENCE).until(() -> process.log().contains("listening"));
            }
            case STOPPED -> member.freeze();
            case DROPPED -> lan.isolate(host);
        }
    }

    private void speak(Silence kind, Lan lan, Hosts hosts, int host) {
        Member member = hosts.member(host);
        switch (kind) {
            case ACCEPTS -> {
                mute.forEach(Spawned::close);
                mute.clear();
                member.restart();
            }
            case STOPPED -> member.thaw();
            case DROPPED -> lan.heal(host);
        }
    }

    private static void losePower(Lan lan, Member member, int host) {
        lan.isolate(host);
        member.kill();
        lan.heal(host);
    }

    /** Waits until this member serves what another had: it is frozen after that here, and not while it takes over. */
    private void awaitTakenOver(Member member) {
        for (int counter = 0; counter < WRITES; counter++) {
            URI one = member.uri("/counters/taken-" + counter + "/value/");
            await("it serves " + one)
                    .atMost(PATIENCE)
                    .until(() -> member.http().post(one, PATIENCE).join().statusCode() == 200);
        }
    }

    private void increment(Member member) {
        HttpResponse<String> response = member.http()
                .post(member.uri("/counters/kept/value/"), PATIENCE)
                .join();
        assertEquals(200, response.statusCode(), response.body());
        kept++;
    }

    /** Writes to many counters, some of which the silent members own. Each gets an answer in time, whatever it says. */
    private static void write(Member member, String what) {
        long begun = OwnTime.now(), wall = System.nanoTime();
        List<CompletableFuture<Duration>> answers = new ArrayList<>();
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < WRITES; i++)
            answers.add(member.http()
                    .post(member.uri("/counters/owned-" + i + "/value/"), PATIENCE)
                    .thenApply(response -> {
                        synchronized (statuses) {
                            statuses.add(response.statusCode());
                        }
                        return OwnTime.since(begun);
                    }));
        Duration longest = answers.stream()
                .map(CompletableFuture::join)
                .max(Duration::compareTo)
                .orElseThrow();
        System.out.println("FIGURES write while silent " + what + ": longest ms=" + longest.toMillis()
                + " (by the wall "
                + Duration.ofNanos(System.nanoTime() - wall).toMillis() + ") of " + WRITES + ", of which failed "
                + statuses.stream().filter(status -> status != 200).count());
        assertTrue(longest.compareTo(STALL) <= 0, () -> "A write took " + longest);
    }

    private void assertMerged(Hosts hosts) throws Exception {
        int size = hosts.members().size();
        for (Member member : hosts.members()) member.awaitReady(size, PATIENCE);
        for (Member member : hosts.members()) assertEquals(kept, member.value("kept"), member.name());
    }

    private static void tell(Silence kind, String what, Duration usual, Duration beside) {
        System.out.println("FIGURES start ms beside " + kind + " " + what + ": usual=" + usual.toMillis() + " beside="
                + beside.toMillis());
        assertTrue(beside.compareTo(atMost(usual)) <= 0, () -> beside + " after " + usual);
    }

    /** Twice the usual time, and the time in which a silent peer could answer. */
    private static Duration atMost(Duration usual) {
        return usual.multipliedBy(2).plus(SILENCE);
    }

    /** Kills it, and starts it again beside members that speak. */
    private static Duration started(Member member, int seen) {
        member.kill();
        return restarted(member, seen);
    }

    /** Starts it. Returns the time until it sees so many. */
    private static Duration restarted(Member member, int seen) {
        long begun = OwnTime.now();
        member.restart();
        member.awaitReady(seen, PATIENCE);
        return OwnTime.since(begun);
    }
}
