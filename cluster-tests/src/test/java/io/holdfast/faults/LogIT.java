// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The log of {@code java -jar holdfast.war} as it is shipped, without any configuration of logging. */
class LogIT {
    private static final Duration LONG = Duration.ofMinutes(3);

    @Test
    void aFirstStartPrintsAtMostFifteenLines() {
        try (Spawned first = start("log-first", "--port", Integer.toString(Ports.free()))) {
            awaitLine(first, "Holdfast is up at");

            List<String> lines = first.log().lines().toList();
            assertTrue(lines.size() <= 15, first::log);
            assertFalse(first.log().contains("hazelcast"), first::log);
            assertEquals(1, count(first, "Member is up"), first::log);
        }
    }

    @Test
    void aFolderWithoutRoomIsToldInOneLine() {
        Path folder = Spawned.folder("log-full"), absent = folder.resolve("absent");
        // To a process that may write no more than 1 MiB, the folder is full.
        List<String> full = List.of("sh", "-c", "ulimit -f 2048 && exec \"$0\" \"$@\"");
        assertToldInOneLine("log-full", full, folder);
        assertToldInOneLine("log-absent", List.of(), absent);
    }

    private static void assertToldInOneLine(String name, List<String> before, Path folder) {
        List<String> command = new ArrayList<>(before);
        command.addAll(Member.command(name, List.of("-Djava.io.tmpdir=" + folder), List.of()));
        try (Spawned process = Spawned.start(name, command, Map.of())) {
            assertEquals(2, process.awaitEnd(LONG), process::log);
            assertTrue(
                    process.log()
                            .matches("Holdfast cannot unpack its libraries \\(\\d+ MiB\\) into "
                                    + Pattern.quote(folder.toString())
                                    + ", where \\d+ MiB are free: .+ Make room there, .+\n"),
                    process::log);
        }
    }

    @Test
    void aStopTellsHowFarItIsUntilItIsOver() {
        try (Spawned stopping = start("log-stop", "--port", Integer.toString(Ports.free()))) {
            awaitLine(stopping, "Holdfast is up at");
            stopping.signal("TERM");
            stopping.awaitEnd(LONG);

            List<String> told = stopping.log()
                    .lines()
                    .dropWhile(line -> !line.startsWith("Stopping: "))
                    .filter(line -> line.matches("[A-Z]+: .*"))
                    .map(line -> line.replaceAll(" [a-z]+=.*", ""))
                    .toList();
            assertEquals(
                    List.of(
                            "INFO: Going out of service: not ready, everything is served",
                            "INFO: Answering held requests",
                            "INFO: Drained: this member can be stopped"),
                    told,
                    stopping::log);
        }
    }

    @Test
    void eachMemberThatJoinsLeavesOrIsLostHasOneLine() {
        int one = Ports.free(), two = Ports.free();
        String peers = "127.0.0.1:" + one + ",127.0.0.1:" + two;
        try (Spawned member = joining("log-one", one, peers)) {
            awaitLine(member, "Holdfast is up at");
            try (Spawned leaving = joining("log-leaving", two, peers)) {
                awaitLine(member, "Member joined");
                awaitLine(leaving, "Holdfast is up at");
                leaving.signal("TERM");
                leaving.awaitEnd(LONG);
            }
            awaitLine(member, "Member left");
            assertEquals(0, count(member, "Member was lost"), member::log);
            try (Spawned lost = joining("log-lost", two, peers)) {
                await("it has joined").atMost(LONG).until(() -> count(member, "Member joined") == 2);
                awaitLine(lost, "Holdfast is up at");
                lost.signal("KILL");
                lost.awaitEnd(LONG);
            }
            awaitLine(member, "WARNING: Member was lost");

            assertEquals(2, count(member, "Member joined"), member::log);
            assertEquals(1, count(member, "Member left"), member::log);
            assertEquals(1, count(member, "Member was lost"), member::log);
            assertFalse(member.log().contains("\tat "), member::log);
        }
    }

    private static Spawned joining(String name, int memberPort, String peers) {
        return start(
                name,
                "--port",
                Integer.toString(Ports.free()),
                "--cluster",
                "log",
                "--cluster-port",
                Integer.toString(memberPort),
                "--peers",
                peers);
    }

    private static Spawned start(String name, String... options) {
        List<String> command = Member.command(name, List.of(), List.of(options)).stream()
                .filter(word -> !word.startsWith("-Djava.util.logging.config.file="))
                .toList();
        return Spawned.start(name, command, Map.of());
    }

    private static void awaitLine(Spawned process, String text) {
        await(text).atMost(LONG).until(() -> count(process, text) > 0 || !process.isAlive());
        assertEquals(1, count(process, text), process::log);
    }

    private static long count(Spawned process, String text) {
        try (Stream<String> lines = process.log().lines()) {
            return lines.filter(line -> line.contains(text)).count();
        }
    }
}
