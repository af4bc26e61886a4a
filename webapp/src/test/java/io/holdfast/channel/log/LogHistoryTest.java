// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.cluster.limit.Allowance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The promises of the package over thousands of generated histories. A channel is appended to, trimmed, cleared, lost, split and
 * joined, commands are sent again, and readers read here and there. A failure names its seed.
 */
class LogHistoryTest {
    private static final int HISTORIES = Integer.getInteger("histories", 2_000), STEPS = 80;

    /** The events that may happen in a history. */
    private record Rules(int sides, boolean clears, boolean losses, boolean ages, boolean switches, boolean repeats) {}

    private static final Rules ONE_SIDE = new Rules(1, false, false, false, false, true);

    /** One side of a split: its log, and all events that were ever in it. */
    private static final class Side {
        @Nullable
        Log log;

        final BitSet ever = new BitSet();
        final List<UUID> origins = new ArrayList<>();
        EventId greatest = EventId.EARLIEST;

        Side(Random random) {
            for (int i = 0; i < 3; i++) origins.add(new UUID(random.nextLong(), random.nextLong()));
        }

        Side copy(Random random) {
            Side copy = new Side(random);
            copy.log = log;
            copy.ever.or(ever);
            copy.greatest = greatest;
            return copy;
        }

        void forget() {
            ever.clear();
            greatest = EventId.EARLIEST;
        }

        BitSet kept(Retention retention, long now) {
            BitSet kept = new BitSet();
            if (log != null) log.within(retention, now).events().forEach(event -> kept.set(payload(event)));
            return kept;
        }
    }

    /** A command that was sent, with the numbers of its events. */
    private record Sent(Command command, List<Integer> payloads) {}

    /** A reader, and the events that it must still get, or see covered by a gap. */
    private static final class Reader {
        Side side;
        EventId cursor;
        final BitSet owed = new BitSet();

        Reader(Side side, EventId cursor) {
            this.side = side;
            this.cursor = cursor;
        }
    }

    private static final class World {
        final Rules rules;
        final Random random;
        final Retention retention;
        final List<Side> sides = new ArrayList<>();
        final List<Reader> readers = new ArrayList<>();
        final List<Sent> sent = new ArrayList<>();
        final Map<Integer, BitSet> before = new HashMap<>();
        final BitSet lost = new BitSet(), resent = new BitSet();
        long now = 1_800_000_000_000L;
        int payloads, numbers, falseGaps;

        World(long seed, Rules rules) {
            this.rules = rules;
            random = new Random(seed);
            sides.add(new Side(random));
            retention = new Retention(
                    1 + random.nextInt(random.nextBoolean() ? 8 : 40),
                    random.nextBoolean() ? 1 << 20 : 500 + random.nextInt(5_000),
                    rules.ages && random.nextBoolean() ? Duration.ofMillis(200) : Duration.ofHours(1),
                    5);
        }

        void step() {
            now += 3 + random.nextInt(5);
            int dice = random.nextInt(100);
            if (dice < 40) append(anySide());
            else if (dice < 70) read(anyReader());
            else if (dice < 76) readers.add(reader(anySide()));
            else if (dice < 81) split();
            else if (dice < 86) join();
            else if (dice < 88 && rules.clears) clear(anySide());
            else if (dice < 89 && rules.losses) lose(anySide());
            else if (dice < 91 && rules.ages) now += random.nextInt(300);
            else if (dice < 95 && rules.switches) anyReader().side = anySide();
            else if (rules.repeats) repeat();
        }

        Side anySide() {
            return sides.get(random.nextInt(sides.size()));
        }

        Reader anyReader() {
            if (readers.isEmpty()) readers.add(reader(anySide()));
            return readers.get(random.nextInt(readers.size()));
        }

        /** A reader that begins anywhere. */
        Reader reader(Side side) {
            BitSet kept = side.kept(retention, now);
            Log log = side.log;
            int dice = random.nextInt(4);
            Reader reader = new Reader(side, EventId.EARLIEST);
            BitSet seen = new BitSet();
            if (dice == 1) {
                reader.cursor = EventId.NOW;
                seen.or(side.ever);
            } else if (dice == 2 && log != null && !kept.isEmpty()) {
                List<Event> events = log.within(retention, now).events();
                Event event = events.get(random.nextInt(events.size()));
                reader.cursor = event.id();
                seen.or(side.ever);
                events.subList(events.indexOf(event) + 1, events.size()).forEach(later -> seen.clear(payload(later)));
            } else {
                seen.or(side.ever);
                seen.andNot(kept);
            }
            for (Side each : sides) reader.owed.or(each.kept(retention, now));
            reader.owed.andNot(seen);
            // Only its first request says that it begins anywhere.
            read(reader);
            return reader;
        }

        void append(Side side) {
            List<Integer> numbers = new ArrayList<>();
            List<Draft> drafts = new ArrayList<>();
            for (int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 12 : 3); count > 0; count--) {
                numbers.add(payloads);
                drafts.add(new Draft(
                        "",
                        "text/plain",
                        Integer.toString(payloads++).getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
            }
            UUID origin = side.origins.get(random.nextInt(side.origins.size()));
            Publication publication = Publication.of(drafts, random.nextInt(3) == 0 ? "key " + payloads : "", true);
            Command command =
                    new Command(origin, ++this.numbers, now, retention, Allowance.ANY, List.of(publication), List.of());
            Sent once = new Sent(command, List.copyOf(numbers));
            sent.add(once);
            apply(once, side);
            for (Reader reader : readers) numbers.forEach(reader.owed::set);
        }

        @SuppressWarnings("ReferenceEquality") // an event that was carried over is the same object
        Reply apply(Sent one, Side side) {
            OneEntry entry = new OneEntry(side.log);
            BitSet earlier = (BitSet) side.ever.clone();
            List<Event> known = side.log == null ? List.of() : side.log.events();
            Reply reply = one.command.process(entry);
            side.log = entry.getValue();
            for (Event event : side.log.events())
                if (known.stream().noneMatch(old -> old == event)) {
                    assertTrue(event.id().compareTo(side.greatest) > 0, () -> event.id() + " after " + side.greatest);
                    side.greatest = event.id();
                    side.ever.set(payload(event));
                }
            one.payloads.forEach(side.ever::set);
            one.payloads.forEach(payload -> before.merge(payload, earlier, World::both));
            check(side);
            return reply;
        }

        private static BitSet both(BitSet some, BitSet others) {
            BitSet both = (BitSet) some.clone();
            both.and(others);
            return both;
        }

        /** A command is sent once more, where it was applied, perhaps after newer ones. */
        void repeat() {
            if (sent.isEmpty()) return;
            Sent old = sent.get(Math.max(0, sent.size() - 1 - random.nextInt(12)));
            List<Side> there = sides.stream()
                    .filter(side -> side.log != null
                            && side.log
                                    .outcomeOf(old.command.origin(), old.command.number())
                                    .isPresent())
                    .toList();
            if (there.isEmpty()) return;
            Side side = there.get(random.nextInt(there.size()));
            Log before = side.log;
            OneEntry entry = new OneEntry(before);
            old.command.process(entry);
            assertSame(before, entry.getValue(), "a command that was applied changes nothing");
        }

        void split() {
            if (sides.size() >= rules.sides) return;
            Side side = anySide(), other = side.copy(random);
            sides.add(other);
            for (Reader reader : readers) if (reader.side == side && random.nextBoolean()) reader.side = other;
        }

        void join() {
            if (sides.size() < 2) return;
            Side goes = sides.remove(random.nextInt(sides.size())), stays = anySide();
            boolean again = rules.repeats && goes.log != null && stays.log != null && random.nextInt(3) == 0;
            List<Integer> twice = again ? sendAgain(goes, stays) : List.of();
            // A lost log has told no member how far it was.
            if (goes.log == null) goes.forget();
            else if (stays.log == null) stays.forget();
            Log merged = goes.log == null ? stays.log : stays.log == null ? goes.log : goes.log.joined(stays.log);
            stays.log = merged;
            stays.ever.or(goes.ever);
            stays.origins.addAll(goes.origins);
            if (goes.greatest.compareTo(stays.greatest) > 0) stays.greatest = goes.greatest;
            if (merged != null && !merged.events().isEmpty()) {
                EventId last = merged.events().get(merged.events().size() - 1).id();
                if (last.compareTo(stays.greatest) > 0) stays.greatest = last;
            }
            for (Reader reader : readers) if (reader.side == goes) reader.side = stays;
            readers.forEach(this::forgive);
            check(stays);
            // A third side may have them too, and no member knows there.
            twice.forEach(resent::set);
        }

        /** The last command of an origin was applied on the side that goes, and is sent again before the two are joined. */
        private List<Integer> sendAgain(Side goes, Side stays) {
            List<Integer> again = new ArrayList<>();
            for (Sent one : List.copyOf(sent)) {
                UUID origin = one.command.origin();
                long number = one.command.number();
                boolean last = goes.log != null
                        && goes.log.done().stream()
                                .anyMatch(done -> done.origin().equals(origin) && done.number() == number);
                boolean known =
                        stays.log == null || stays.log.outcomeOf(origin, number).isPresent();
                if (last && !known && random.nextBoolean()) {
                    apply(one, stays);
                    again.addAll(one.payloads);
                }
            }
            return again;
        }

        void clear(Side side) {
            if (side.log == null) return;
            side.log = side.log.cleared(now);
            check(side);
        }

        /** All copies are gone. */
        void lose(Side side) {
            side.log = null;
            lost.or(side.ever);
            for (Side other : sides) lost.andNot(other.kept(retention, now));
            if (rules.sides > 1) side.ever.clear();
            readers.forEach(this::forgive);
        }

        /** A reader without a place in the lost log gets no gap; on other sides of a split no reader has one. */
        private void forgive(Reader reader) {
            if (rules.sides > 1 || reader.cursor.equals(EventId.BEGINNING)) reader.owed.andNot(lost);
        }

        void read(Reader reader) {
            Log log = reader.side.log;
            int limit = 1 + random.nextInt(6);
            OneEntry entry = new OneEntry(log);
            Read read = new Read(reader.cursor, limit);
            Reply reply = new Command(new UUID(0, 0), 1, now, retention, Allowance.ANY, List.of(), List.of(read))
                    .process(entry);
            Page page = reply.pages().get(0);
            BitSet kept = reader.side.kept(retention, now);
            if (page.gap()) {
                BitSet gone = (BitSet) reader.side.ever.clone();
                gone.andNot(kept);
                if (!gone.intersects(reader.owed)) falseGaps++;
                reader.owed.andNot(gone);
                assertEquals(
                        page.events().isEmpty() ? null : page.events().get(0).id(), page.oldest(), "the oldest");
            }
            assertTrue(page.events().size() <= limit);
            EventId previous = null;
            for (Event event : page.events()) {
                int payload = payload(event);
                BitSet missed = both(reader.owed, before.getOrDefault(payload, new BitSet()));
                missed.andNot(later(reader.side, event));
                assertTrue(missed.isEmpty(), () -> "before " + payload + " nothing of " + missed + " was given");
                assertTrue(previous == null || event.id().compareTo(previous) > 0, "in order");
                previous = event.id();
                reader.owed.clear(payload);
            }
            if (!page.events().isEmpty()) assertEquals(previous, page.last());
            if (page.isEmpty() && log != null) {
                BitSet missed = both(reader.owed, kept);
                assertTrue(missed.isEmpty(), () -> "nothing more, but " + missed + " was not given");
                assertEquals(0, page.behind());
            }
            EventId cursor = page.last();
            reader.cursor = EventId.parse("c", cursor.text("c")).orElseThrow();
            assertEquals(cursor, reader.cursor);
            forgive(reader);
        }

        /** The events that follow this one: after a split, perhaps older ones. */
        private static BitSet later(Side side, Event event) {
            BitSet later = new BitSet();
            if (side.log != null)
                for (Event one : side.log.events()) if (one.id().compareTo(event.id()) > 0) later.set(payload(one));
            return later;
        }

        /** The rules that hold for any log. */
        void check(Side side) {
            Log log = side.log;
            if (log == null) return;
            EventId previous = log.floor();
            BitSet seen = new BitSet();
            long bytes = 0;
            for (Event event : log.events()) {
                assertTrue(event.id().compareTo(previous) > 0, "ids grow");
                previous = event.id();
                assertTrue(
                        !seen.get(payload(event)) || resent.get(payload(event)),
                        () -> payload(event) + " is there twice");
                seen.set(payload(event));
                bytes += event.size();
                Page exact = log.read(Read.exactly(event.id()));
                assertEquals(1, exact.events().size());
                assertArrayEquals(event.data(), exact.events().get(0).data());
            }
            assertTrue(log.last().compareTo(previous) >= 0, "the numbering goes on after the newest");
            assertEquals(bytes, log.bytes());
        }

        /** All sides are joined, one more event is published, and all readers read to the end. */
        void end() {
            while (sides.size() > 1) join();
            append(sides.get(0));
            for (Reader reader : readers) {
                reader.side = sides.get(0);
                for (int reads = 0; !reader.owed.isEmpty() && reads < 500; reads++) read(reader);
                assertTrue(reader.owed.isEmpty(), () -> reader.owed + " was neither given nor told missing");
            }
        }
    }

    private static int payload(Event event) {
        return Integer.parseInt(new String(event.data(), java.nio.charset.StandardCharsets.US_ASCII));
    }

    private static World history(long seed, Rules rules) {
        World world = new World(seed, rules);
        try {
            for (int i = 0; i < STEPS; i++) world.step();
            world.end();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
        return world;
    }

    private static void histories(Rules rules) {
        for (long seed = 0; seed < HISTORIES; seed++) history(seed, rules);
    }

    @Test
    void aReaderGetsEveryLaterEventOrAGap() {
        histories(new Rules(1, true, true, true, false, true));
    }

    @Test
    void aReaderGetsAGapOnlyIfAnEventIsMissing() {
        for (long seed = 0; seed < HISTORIES; seed++)
            assertEquals(0, history(seed, ONE_SIDE).falseGaps, "seed " + seed);
    }

    @Test
    void noEventIsMissedSilentlyAfterASplitInTwo() {
        histories(new Rules(2, false, false, false, false, false));
    }

    @Test
    void noEventIsMissedSilentlyAfterASplitInFourEvenIfReadersChangeSides() {
        histories(new Rules(4, false, false, false, true, true));
    }

    @Test
    void noEventIsMissedSilentlyUnderAllFaults() {
        histories(new Rules(4, true, true, true, true, true));
    }
}
