// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channel.core.Cursor;
import io.holdfast.http.message.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ids and cursors as text: the text of an id is parsed back into it, and no other text is accepted. */
class EventIdTest {
    private static final String ALPHABET =
            "0123456789abcdefghijklmnopqrstuvwxyz-.+ABCZ \"'%\u0000\u0661\uff11\u0966\u0130\ud800";

    private static EventId any(Random random) {
        long epoch = random.nextInt(4) == 0
                ? random.nextLong(3_000_000_000_000_000L)
                : 1_800_000_000_000L + random.nextInt();
        long sequence = random.nextInt(4) == 0 ? random.nextLong(999_999_999_999_999_999L) : random.nextInt(100_000);
        return new EventId(1 + epoch, sequence, random.nextInt());
    }

    private static String name(Random random) {
        StringBuilder name = new StringBuilder();
        for (int length = 1 + random.nextInt(12); length > 0; length--)
            name.append("abcXYZ019._~-".charAt(random.nextInt(13)));
        return name.toString();
    }

    @Test
    void anIdIsTakenBackAsItWasGiven() {
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            EventId id = any(random);
            String channel = name(random), text = id.text(channel);
            assertEquals(Optional.of(id), EventId.parse(channel, text), "seed " + seed);
            assertTrue(text.length() <= 40 && text.matches("[0-9a-z]+-[0-9]+-[0-9a-z]+"), text);
        }
        assertEquals(Optional.of(EventId.BEGINNING), EventId.parse("c", EventId.BEGINNING.text("c")));
    }

    @Test
    void theGreatestAndTheSmallestNumbersAreTakenBackToo() {
        for (int tag : new int[] {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
            for (long sequence : new long[] {0, 1, 999_999_999_999_999_999L})
                for (long epoch : new long[] {1, 3_656_158_440_062_975L}) {
                    EventId id = new EventId(epoch, sequence, tag);
                    assertEquals(Optional.of(id), EventId.parse("c", id.text("c")));
                }
    }

    @Test
    void anIdHasOneSpelling() {
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            String text = any(random).text("c");
            StringBuilder other = new StringBuilder(text);
            switch (random.nextInt(4)) {
                case 0 -> other.insert(random.nextInt(text.length() + 1), '0');
                case 1 -> other.setCharAt(random.nextInt(text.length()), one(random));
                case 2 -> other.deleteCharAt(random.nextInt(text.length()));
                default -> other.insert(random.nextInt(text.length() + 1), one(random));
            }
            EventId.parse("c", other.toString())
                    .ifPresent(id -> assertEquals(id.text("c"), other.toString(), "another id, as it is spelt"));
        }
    }

    private static char one(Random random) {
        return ALPHABET.charAt(random.nextInt(ALPHABET.length()));
    }

    @Test
    void anIdIsNotTakenForOneOfAnotherChannelButForTheOddsOfItsChecksum() {
        Random random = new Random(1);
        int taken = 0, tries = 500_000;
        for (int i = 0; i < tries; i++) {
            EventId id = new EventId(1_800_000_000_000L, i, random.nextInt());
            String one = "orders-" + i, other = "orders-" + random.nextInt(1_000_000);
            if (!one.equals(other) && EventId.parse(other, id.text(one)).isPresent()) taken++;
        }
        // Expected are 500,000 / 65,536 = 7.6.
        assertTrue(taken < 25, taken + " of " + tries);
    }

    @Test
    void namesThatDifferInOneCharacterNeverShareAnId() {
        EventId id = new EventId(1_800_000_000_000L, 7, 42);
        for (char c : "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~-".toCharArray())
            if (c != 'x')
                assertFalse(EventId.parse("channel-" + c, id.text("channel-x")).isPresent());
    }

    @Test
    void anInvalidIdIsNotParsedAndAValidIdRoundTrips() {
        for (String text : List.of(
                "",
                "-",
                "--",
                "0-0-0",
                "00",
                "1-1-1",
                "zzzzzzzzzz-999999999999999999-zzzzzzzzzz",
                "zzzzzzzzzzz-1-1",
                "1-9999999999999999999-1",
                "1--1-1",
                "+1-1-1",
                "1-+1-1",
                "1-1-1 ",
                "1-1-1\n",
                "\u0661-\u0662-\u0663",
                "\uff11-\uff11-\uff11",
                "K-1-1",
                "\u212a-1-1")) assertEquals(Optional.empty(), EventId.parse("c", text), text);
        for (long seed = 0; seed < 50_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(45); length > 0; length--) text.append(one(random));
            EventId.parse("c", text.toString()).ifPresent(id -> assertEquals(text.toString(), id.text("c")));
        }
    }

    @Test
    void equalIdsHaveTheSameHashAndOrder() {
        EventId id = new EventId(5, 6, 7);
        assertEquals(id, new EventId(5, 6, 7));
        assertEquals(id.hashCode(), new EventId(5, 6, 7).hashCode());
        assertEquals(0, id.compareTo(new EventId(5, 6, 8)));
        assertTrue(id.compareTo(new EventId(6, 1, 7)) < 0 && id.compareTo(new EventId(5, 5, 9)) > 0);
    }

    @Test
    void aCursorIsTakenBackAsItWasGiven() {
        for (long seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            List<String> channels = new ArrayList<>();
            List<EventId> places = new ArrayList<>();
            for (int count = 1 + random.nextInt(32); channels.size() < count; ) {
                String name = name(random) + channels.size();
                channels.add(name);
                int dice = random.nextInt(5);
                places.add(dice == 0 ? EventId.EARLIEST : dice == 1 ? EventId.BEGINNING : any(random));
            }
            Cursor cursor = new Cursor(channels, places);
            assertEquals(cursor, Cursor.parse(channels, "after", cursor.text()), "seed " + seed);
        }
    }

    @Test
    void theLongestCursorIsTakenBack() {
        List<String> channels =
                java.util.stream.IntStream.range(0, 32).mapToObj(i -> "c" + i).toList();
        EventId longest = new EventId(3_656_158_440_062_975L, 999_999_999_999_999_999L, -1);
        Cursor cursor = new Cursor(channels, channels.stream().map(c -> longest).toList());
        assertEquals(cursor, Cursor.parse(channels, "after", cursor.text()));
    }

    @Test
    void earliestStandsForAllChannels() {
        assertEquals(Cursor.earliest(List.of("a", "b")), Cursor.parse(List.of("a", "b"), "after", "earliest"));
        assertFalse(Cursor.now(List.of("a", "b")).isPlaced());
        assertFalse(Cursor.earliest(List.of("a", "b")).isPlaced());
    }

    @Test
    void anInvalidCursorIsRefusedNamingTheField() {
        EventId id = new EventId(1_800_000_000_000L, 7, 42);
        List<String> channels = List.of("a", "b");
        String a = id.text("a"), b = id.text("b");
        List<String> texts = new ArrayList<>(List.of(
                "",
                ".",
                a,
                b,
                a + "." + b + ".",
                "." + a + "." + b,
                b + "." + a,
                a + ".",
                "." + b,
                a + ".." + b,
                "earliest.",
                "earliest.earliest.earliest",
                "EARLIEST",
                "now",
                "x".repeat(2_000_000),
                ".".repeat(2_000_000)));
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(60); length > 0; length--) text.append(one(random));
            texts.add(text.toString());
        }
        for (String text : texts) {
            Refusal refusal = assertThrows(Refusal.class, () -> Cursor.parse(channels, "Last-Event-ID", text));
            assertEquals(400, refusal.problem().status());
            assertEquals("Last-Event-ID", refusal.problem().members().get("field"));
            assertTrue(refusal.problem().detail().length() < 300);
        }
        assertEquals(new Cursor(channels, List.of(id, id)), Cursor.parse(channels, "after", a + "." + b));
    }
}
