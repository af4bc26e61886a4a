// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.departure;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.departure.Departures.HalfClosed;
import io.holdfast.testing.ManualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules by which a sweep ends a hold, with a table that the test writes and time that stands still. */
class DeparturesTest {
    private static final int OURS = 8080, FIRST = 40_001, SECOND = 40_002;
    private static final String ESTABLISHED = "01", CLOSE_WAIT = "08", LISTEN = "0A";
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private final ManualTime time = new ManualTime();
    private final AtomicLong cost = new AtomicLong();
    private final List<String> left = new ArrayList<>();
    private final List<String> table = new ArrayList<>();

    @BeforeEach
    void writeNothing() throws IOException {
        write();
    }

    private Departures departures(HalfClosed halfClosed) {
        // Each sweep costs a millisecond.
        Departures opened = new Departures(
                new TcpTable(folder, ByteOrder.LITTLE_ENDIAN),
                halfClosed,
                time,
                Runnable::run,
                () -> cost.addAndGet(500_000));
        opened.start();
        return opened;
    }

    private Watched watch(Departures departures, int port, String name) throws IOException {
        return departures.watch(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port, OURS, () -> left.add(name));
    }

    private void row(int local, int remote, String state) {
        table.add(String.format(
                "   0: 0100007F:%04X 0100007F:%04X %s 00000000:00000000 00:00000000 00000000", local, remote, state));
    }

    private void write() throws IOException {
        Files.writeString(folder.resolve("tcp"), "  sl  local_address\n" + String.join("\n", table) + "\n", US_ASCII);
        table.clear();
    }

    private void sweepOnce() {
        time.advance(Duration.ofSeconds(1));
    }

    @Test
    void aHoldWhoseConnectionIsOpenStays() throws IOException {
        Departures departures = departures(HalfClosed.GONE);
        watch(departures, FIRST, "first");
        row(OURS, FIRST, ESTABLISHED);
        write();

        time.advance(Duration.ofHours(1));

        assertEquals(List.of(), left);
        assertEquals(0, departures.unwatched());
    }

    @Test
    void aClientThatClosesItsSideIsGoneWithTheNextSweep() throws IOException {
        Departures departures = departures(HalfClosed.GONE);
        Watched first = watch(departures, FIRST, "first");
        watch(departures, SECOND, "second");
        row(OURS, FIRST, ESTABLISHED);
        row(OURS, SECOND, ESTABLISHED);
        write();
        sweepOnce();
        row(OURS, FIRST, CLOSE_WAIT);
        row(OURS, SECOND, ESTABLISHED);
        write();

        sweepOnce();

        assertEquals(List.of("first"), left);
        assertTrue(first.hasLeft());
        time.advance(Duration.ofHours(1));
        assertEquals(List.of("first"), left, "it leaves once");
    }

    @Test
    void aClientThatClosesItsSideBeforeTheFirstSweepIsGoneToo() throws IOException {
        watch(departures(HalfClosed.GONE), FIRST, "first");
        row(OURS, FIRST, CLOSE_WAIT);
        write();

        sweepOnce();

        assertEquals(List.of("first"), left);
    }

    @Test
    void aClientMayCloseItsSideIfTheSettingsSaySo() throws IOException {
        Departures departures = departures(HalfClosed.KEEP);
        Watched first = watch(departures, FIRST, "first");
        List<String> unwatched = new ArrayList<>();
        first.onUnwatched(() -> unwatched.add("first"));
        row(OURS, FIRST, CLOSE_WAIT);
        write();

        time.advance(Duration.ofHours(1));

        assertEquals(List.of(), left);
        assertEquals(List.of("first"), unwatched, "only a write can tell");
        assertEquals(0, departures.unwatched(), "a reset would be noticed");
        write();
        time.advance(TEN_SECONDS);
        assertEquals(List.of("first"), left);
    }

    @Test
    void aConnectionThatOneSweepMissesIsNotGone() throws IOException {
        Departures departures = departures(HalfClosed.GONE);
        watch(departures, FIRST, "first");
        for (int i = 0; i < 10; i++) {
            row(OURS, FIRST, ESTABLISHED);
            write();
            sweepOnce();
            write();
            sweepOnce();
        }
        assertEquals(List.of(), left);

        sweepOnce();

        assertEquals(List.of("first"), left);
    }

    @Test
    void aClientIsGoneWithinTenSecondsAsLongAsASweepIsDear() throws IOException {
        Departures departures = new Departures(
                new TcpTable(folder, ByteOrder.LITTLE_ENDIAN),
                HalfClosed.GONE,
                time,
                Runnable::run,
                () -> cost.addAndGet(Duration.ofSeconds(1).toNanos()));
        departures.start();
        watch(departures, FIRST, "first");
        row(OURS, FIRST, ESTABLISHED);
        write();
        time.advance(Duration.ofMinutes(1));
        write();

        time.advance(TEN_SECONDS);

        assertEquals(List.of("first"), left);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 100, 1000",
        "10, 10000, 2000",
        "30, 15000, 4000",
        "60000, 15000, 4000",
        "35, 18000, 4000",
        "200, 100000, 4000",
        "300, 150000, 6000",
        "1000, 500000, 20000"
    })
    void sweepsCostHalfAPercentButUpToFiveToComeWithinTenSeconds(int costMillis, int rows, int pauseMillis) {
        assertEquals(Duration.ofMillis(pauseMillis), Departures.pause(TimeUnit.MILLISECONDS.toNanos(costMillis), rows));
    }

    @Test
    void aConnectionThatWasNeverSeenIsNotWatchedAndIsCounted() throws IOException {
        Departures departures = departures(HalfClosed.GONE);
        Watched first = watch(departures, FIRST, "first");
        List<String> unwatched = new ArrayList<>();
        first.onUnwatched(() -> unwatched.add("first"));
        row(OURS, 0, LISTEN);
        write();

        time.advance(Duration.ofHours(1));

        assertEquals(List.of(), left);
        assertEquals(1, departures.unwatched());
        assertEquals(List.of("first"), unwatched);
        first.onUnwatched(() -> unwatched.add("at once"));
        assertEquals(List.of("first", "at once"), unwatched);
        first.close();
        sweepOnce();
        sweepOnce();
        assertEquals(0, departures.unwatched());
    }

    @Test
    void whereAddressesAreTrueAConnectionThatWasNeverSeenIsGone() throws IOException {
        Departures departures = departures(HalfClosed.GONE);
        departures.trustAddresses();
        watch(departures, FIRST, "first");
        sweepOnce();
        sweepOnce();
        assertEquals(List.of(), left, "the port does not even listen in this table");
        row(OURS, 0, LISTEN);
        write();

        sweepOnce();

        assertEquals(List.of("first"), left);
    }

    @Test
    void aTableThatCannotBeReadEndsNothing() throws IOException {
        Departures departures = departures(HalfClosed.GONE);
        departures.trustAddresses();
        watch(departures, FIRST, "first");
        row(OURS, FIRST, ESTABLISHED);
        row(OURS, 0, LISTEN);
        write();
        sweepOnce();
        Files.writeString(folder.resolve("tcp"), "x".repeat(10_000), US_ASCII);

        time.advance(Duration.ofMinutes(1));

        assertEquals(List.of(), left);
        assertEquals(1, departures.unwatched());
        row(OURS, FIRST, ESTABLISHED);
        write();
        time.advance(TEN_SECONDS);
        assertEquals(0, departures.unwatched());
        row(OURS, FIRST, CLOSE_WAIT);
        write();
        sweepOnce();
        assertEquals(List.of("first"), left);
    }

    @Test
    void aTableThatCannotBeOpenedAtFirstIsTriedAgain() throws IOException {
        Files.delete(folder.resolve("tcp"));
        Departures departures = departures(HalfClosed.GONE);
        watch(departures, FIRST, "first");
        time.advance(Duration.ofMinutes(1));
        assertEquals(1, departures.unwatched());

        row(OURS, FIRST, CLOSE_WAIT);
        write();
        time.advance(TEN_SECONDS);

        assertEquals(List.of("first"), left);
    }

    @Test
    void aProcessThatCanOpenNothingMoreStillFindsWhoHasLeft() throws IOException {
        Departures departures = departures(HalfClosed.GONE);
        watch(departures, FIRST, "first");
        row(OURS, FIRST, ESTABLISHED);
        write();
        sweepOnce();
        row(OURS, FIRST, CLOSE_WAIT);
        write();
        // A file that is open stays readable, but cannot be opened again.
        Files.delete(folder.resolve("tcp"));

        sweepOnce();

        assertEquals(List.of("first"), left);
        assertEquals(0, departures.unwatched());
    }

    @Test
    void allHoldsOfOneConnectionEndWithIt() throws IOException {
        Departures departures = departures(HalfClosed.GONE);
        watch(departures, FIRST, "a");
        Watched b = watch(departures, FIRST, "b");
        watch(departures, FIRST, "c");
        Watched d = watch(departures, FIRST, "d");
        b.close();
        d.close();
        b.close();
        row(OURS, FIRST, CLOSE_WAIT);
        write();

        sweepOnce();

        assertEquals(List.of("c", "a"), left);
        watch(departures, FIRST, "e");
        sweepOnce();
        assertEquals(List.of("c", "a", "e"), left);
    }

    @Test
    void oneOfSeveralConnectionsFromTheSameEndCountsIfItIsOpen() throws IOException {
        watch(departures(HalfClosed.GONE), FIRST, "first");
        row(OURS, FIRST, ESTABLISHED);
        row(OURS, FIRST, CLOSE_WAIT);
        write();

        time.advance(Duration.ofMinutes(1));

        assertEquals(List.of(), left);
    }

    @Test
    void aHoldThatEndedIsNotEndedAgain() throws IOException {
        Departures departures = departures(HalfClosed.GONE);
        Watched first = watch(departures, FIRST, "first");
        row(OURS, FIRST, CLOSE_WAIT);
        write();
        first.close();

        time.advance(Duration.ofMinutes(1));

        assertEquals(List.of(), left);
        assertFalse(first.hasLeft());
    }

    @Test
    void nothingIsReadWhileNothingIsHeldNorAfterTheClose() throws IOException {
        Departures departures = departures(HalfClosed.GONE);
        Files.delete(folder.resolve("tcp"));
        long before = cost.get();
        time.advance(Duration.ofMinutes(1));
        assertEquals(before, cost.get());
        assertEquals(0, departures.unwatched());

        departures.close();

        assertEquals(0, time.waiting());
    }
}
