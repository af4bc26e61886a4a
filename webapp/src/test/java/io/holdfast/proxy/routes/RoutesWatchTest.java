// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.config.SettingsException;
import io.holdfast.testing.Complaints;
import io.holdfast.testing.ManualTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of routes that changes, with time that moves on command. */
class RoutesWatchTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ManualTime time = new ManualTime();
    private final Complaints complaints = new Complaints();
    private int stops;
    private long writes;

    @SuppressWarnings("NullAway.Init")
    private Path file;

    @BeforeEach
    void aFileWithARoute() throws IOException {
        file = folder.resolve("routes");
        write("* a:1");
    }

    @AfterEach
    void hearNoMore() {
        complaints.close();
    }

    /** Writes it, at a moment of its own: two writes may fall into one tick of the file system. */
    private void write(String text) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L + 1_000 * writes++));
    }

    private RoutesWatch watch() {
        return new RoutesWatch(file, time, Runnable::run, () -> stops++);
    }

    private static List<Integer> ports(RoutesWatch watch) {
        return watch.current().routes().stream()
                .map(route -> route.targets().get(0).port())
                .toList();
    }

    private void assertLogged(String... messages) {
        List<String> right = new ArrayList<>();
        for (String message : messages)
            right.add(RoutesWatch.class.getName() + ": The routes in use stay, because of their file:\n  " + message
                    + " null");
        assertEquals(right, complaints.heard());
    }

    @Test
    void theFirstTableIsThereAtOnce() {
        try (RoutesWatch watch = watch()) {
            assertEquals(List.of(1), ports(watch));
        }
    }

    @Test
    void aFileThatHasChangedAndStaysAsItIsIsRead() throws IOException {
        try (RoutesWatch watch = watch()) {
            write("* a:2\nb.example a:3\n");
            time.advance(SECOND);
            assertEquals(List.of(1), ports(watch));

            time.advance(SECOND);
            assertEquals(List.of(2, 3), ports(watch));
        }
        assertLogged();
    }

    @Test
    void aFileThatIsStillBeingWrittenIsNotRead() throws IOException {
        try (RoutesWatch watch = watch()) {
            for (String text : List.of("", "* a", "* a:2", "* a:2\nb.exa", "* a:2\nb.example a:3")) {
                write(text);
                time.advance(SECOND);
                assertEquals(List.of(1), ports(watch));
            }
            time.advance(SECOND);
            assertEquals(List.of(2, 3), ports(watch));
        }
        assertLogged();
    }

    @Test
    void aFileThatTakesThePlaceOfAnotherIsReadAlthoughItIsAsOldAndAsLong() throws IOException {
        try (RoutesWatch watch = watch()) {
            Path other = Files.writeString(folder.resolve("other"), "* a:2");
            Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
            Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
            time.advance(SECOND.multipliedBy(2));

            assertEquals(List.of(2), ports(watch));
        }
    }

    @Test
    void aLinkThatLeadsElsewhereIsFollowed() throws IOException {
        Path one = Files.writeString(folder.resolve("one"), "* a:1"),
                two = Files.writeString(folder.resolve("two"), "* a:2");
        Files.delete(file);
        Files.createSymbolicLink(file, one);
        try (RoutesWatch watch = watch()) {
            Files.delete(file);
            Files.createSymbolicLink(file, two);
            time.advance(SECOND.multipliedBy(2));

            assertEquals(List.of(2), ports(watch));
        }
    }

    @Test
    void aListenerGetsTheFirstTableAndEveryChange() throws IOException {
        List<RouteTable> told = new ArrayList<>();
        try (RoutesWatch watch = watch()) {
            RouteTable first = watch.current();
            watch.onChange(told::add);
            assertEquals(List.of(first), told);

            for (String text : List.of("* a:2", "* a")) {
                write(text);
                time.advance(SECOND.multipliedBy(2));
            }
            assertEquals(List.of(first, watch.current()), told);
        }
    }

    @Test
    void aFileRewrittenUnchangedKeepsTheTable() throws IOException {
        try (RoutesWatch watch = watch()) {
            RouteTable before = watch.current();
            write("* a:1");
            time.advance(SECOND.multipliedBy(3));

            assertSame(before, watch.current());
        }
    }

    @Test
    void aBadLineKeepsTheOldTableAndIsLoggedOnce() throws IOException {
        try (RoutesWatch watch = watch()) {
            RouteTable before = watch.current();
            write("* a:2\nb.example a\nc.example,x a:3");
            time.advance(SECOND.multipliedBy(10));

            assertSame(before, watch.current());
            assertLogged(file + ", line 2: A target must be HOST:PORT, [IPV6]:PORT or test, not 'a'.\n  " + file
                    + ", line 3: x is not a parameter of the condition.");

            write("* a:2");
            time.advance(SECOND.multipliedBy(2));
            assertEquals(List.of(2), ports(watch));
        }
        assertEquals(1, complaints.heard().size());
    }

    @Test
    void aFileThatIsTouchedIsNotComplainedOfAgain() throws IOException {
        try (RoutesWatch watch = watch()) {
            write("* a");
            time.advance(SECOND.multipliedBy(2));
            write("* a");
            time.advance(SECOND.multipliedBy(2));

            assertEquals(List.of(1), ports(watch));
        }
        assertEquals(1, complaints.heard().size());
    }

    @Test
    void aFileThatIsGoneKeepsTheOldTableUntilItIsThereAgain() throws IOException {
        try (RoutesWatch watch = watch()) {
            Files.delete(file);
            time.advance(SECOND.multipliedBy(10));
            assertEquals(List.of(1), ports(watch));
            assertLogged(file + " does not exist.");

            write("* a:2");
            time.advance(SECOND.multipliedBy(2));
            assertEquals(List.of(2), ports(watch));

            Files.delete(file);
            time.advance(SECOND.multipliedBy(10));
        }
        assertLogged(file + " does not exist.", file + " does not exist.");
    }

    @Test
    void aDirectoryOrANonUtf8FileIsNotRead() throws IOException {
        try (RoutesWatch watch = watch()) {
            Files.write(file, "# caf\u00e9\n* a:2".getBytes(StandardCharsets.ISO_8859_1));
            time.advance(SECOND.multipliedBy(5));
            Files.delete(file);
            Files.createDirectory(file);
            time.advance(SECOND.multipliedBy(5));

            assertEquals(List.of(1), ports(watch));
        }
        assertLogged(file + " is not text in UTF-8.", file + " is not a file.");
    }

    @Test
    void aMarkOfTheByteOrderAndLineEndsOfWindowsDoNotHarm() throws IOException {
        write("\uFEFF* a:2\r\nb.example a:3\r\n");
        try (RoutesWatch watch = watch()) {
            assertEquals(List.of(2, 3), ports(watch));
        }
    }

    @Test
    void aFileThatIsFarTooLongIsNotRead() throws IOException {
        write("# " + "x".repeat(16 << 20));

        SettingsException wrong = assertThrows(SettingsException.class, this::watch);

        assertEquals(
                "The settings are wrong:\n  The routes file " + file + " is longer than 16 MiB.", wrong.getMessage());
    }

    @Test
    void aBadFileAtTheStartFailsItWithEverythingThatIsWrong() throws IOException {
        write("* a\n\nb.example a:3,retries=x");

        SettingsException wrong = assertThrows(SettingsException.class, this::watch);

        assertEquals(
                "The settings are wrong:\n  " + file
                        + ", line 1: A target must be HOST:PORT, [IPV6]:PORT or test, not 'a'.\n  " + file
                        + ", line 3: retries must be a whole number from 0 to 1000000, or unlimited, not 'x'.",
                wrong.getMessage());
        assertEquals(0, time.waiting());
    }

    @Test
    void aMissingFileAtTheStartFailsIt() throws IOException {
        Files.delete(file);

        SettingsException wrong = assertThrows(SettingsException.class, this::watch);

        assertEquals("The settings are wrong:\n  The routes file " + file + " does not exist.", wrong.getMessage());
    }

    @Test
    void afterItsEndNothingIsLookedAt() throws IOException {
        RoutesWatch watch = watch();
        watch.close();
        write("* a:2");
        time.advance(SECOND.multipliedBy(5));

        assertEquals(List.of(1), ports(watch));
        assertEquals(0, time.waiting());
        assertEquals(1, stops);
    }

    @Test
    void theLookIsOnAThreadOfItsOwn() throws IOException {
        try (RoutesWatch watch = RoutesWatch.open(file, time)) {
            write("* a:2");
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                time.advance(SECOND);
                assertEquals(List.of(2), ports(watch));
            });
        }
        assertEquals(0, time.waiting());
    }
}
