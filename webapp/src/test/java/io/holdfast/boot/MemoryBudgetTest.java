// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.Settings;
import io.holdfast.config.SettingsException;
import io.holdfast.http.HeldResponse;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The limits fit into the heap together, or are refused together. */
class MemoryBudgetTest {
    private static final long HEAP = Runtime.getRuntime().maxMemory();

    private static Options read(Map<String, String> set) {
        return read(set, HeldResponse.BYTES);
    }

    private static Options read(Map<String, String> set, int heldBytes) {
        Properties properties = new Properties();
        set.forEach((key, value) -> properties.setProperty("holdfast." + key, value));
        return Options.read(Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty()), heldBytes);
    }

    @Test
    void theDefaultsTakeFortyFivePercentOfAnyHeap() {
        Options defaults = read(Map.of());
        assertEquals(Optional.empty(), MemoryBudget.fault(defaults, HeldResponse.BYTES, HEAP));
        assertEquals(Optional.empty(), MemoryBudget.fault(defaults, HeldResponse.BYTES, HEAP / 100 * 90));
        assertTrue(MemoryBudget.fault(defaults, HeldResponse.BYTES, HEAP / 100 * 88)
                .isPresent());
        assertTrue(
                defaults.channel().memory() <= HEAP / 10 && defaults.channel().memory() > HEAP / 11);
    }

    @Test
    void sizesThatDoNotFitTogetherAreRefusedWithAllThatIsNeeded() {
        String half = (HEAP / 2) + "B";
        String said = assertThrows(SettingsException.class, () -> read(Map.of("channel.memory", half)))
                .getMessage();
        long mib = HEAP >> 20;
        assertTrue(said.contains("channel.memory " + Math.round(HEAP / 2.0 / (1 << 20)) + " MiB"), said);
        assertTrue(said.contains("hold.backlog ") && said.contains("counter.limit "), said);
        assertTrue(said.contains(" of " + Math.round(HEAP / (double) (1 << 20)) + " MiB"), said);
        assertTrue(said.matches("(?s).*-Xmx\\d+m.*"), said + mib);
    }

    @Test
    void numbersOfThingsTakeMemoryToo() {
        String many = Long.toString(HEAP / 800);
        String said = assertThrows(SettingsException.class, () -> read(Map.of("counter.limit", many)))
                .getMessage();
        assertTrue(said.contains("counter.limit"), said);
        assertEquals(7, read(Map.of("counter.limit", "7")).counter().limit());
    }

    @Test
    void heldRequestsTakeAShareBesideIt() {
        for (int each : new int[] {HeldResponse.BYTES, HeldResponse.BYTES_WITH_BUFFERS}) {
            int held = read(Map.of(), each).process().limits().maxHeld();
            assertEquals(15, held * 100.0 * each / HEAP, 0.01);
            assertEquals(
                    held,
                    read(Map.of("hold.limit", "" + held), each)
                            .process()
                            .limits()
                            .maxHeld());
        }
    }

    @Test
    void heldRequestsThatDoNotFitBesideItAreRefusedWithAllThatIsNeeded() {
        int each = HeldResponse.BYTES_WITH_BUFFERS;
        String fits = Long.toString(HEAP / 100 * 34 / each), tooMany = Long.toString(HEAP / 100 * 36 / each);
        assertEquals(
                Integer.parseInt(fits),
                read(Map.of("hold.limit", fits), each).process().limits().maxHeld());
        assertEquals(
                Integer.parseInt(tooMany),
                read(Map.of("hold.limit", tooMany)).process().limits().maxHeld(),
                "where each takes less");

        String said = assertThrows(SettingsException.class, () -> read(Map.of("hold.limit", tooMany), each))
                .getMessage();
        long mib = Math.round(Long.parseLong(tooMany) * (double) each / (1 << 20));
        assertTrue(said.contains("80 % of the heap, not 81 %"), said);
        assertTrue(said.contains("hold.limit " + mib + " MiB") && said.contains("channel.memory "), said);
        assertTrue(said.matches("(?s).*-Xmx\\d+m.*"), said);
    }

    @Test
    void sharesMayBeGivenInPercent() {
        Options options = read(Map.of("channel.memory", "1.5%", "work.queues", "1%"));
        assertEquals((long) (HEAP / 100.0 * 1.5), options.channel().memory());
        assertEquals((int) (HEAP / 100 / 2000), options.work().queues());
        assertThrows(SettingsException.class, () -> read(Map.of("channel.memory", "100%")));
        assertThrows(SettingsException.class, () -> read(Map.of("channel.memory", "%")));
    }

    @Test
    void whatAMemberKeepsAfterALossDependsOnHowManyAreLeft() {
        assertEquals(1, MemoryBudget.share(1, 1));
        assertEquals(1, MemoryBudget.share(2, 1));
        assertEquals(1, MemoryBudget.share(3, 1));
        assertEquals(2 / 3.0, MemoryBudget.share(4, 1));
        assertEquals(3 / 4.0, MemoryBudget.share(5, 2));
        assertEquals(1 / 4.0, MemoryBudget.share(5, 0));
    }
}
