// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.cluster.limit.Allowance;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of a channel's stored log, one by one. */
class LogTest {
    private static final long NOW = 1_800_000_000_000L, HOUR = 60 * 60_000L;
    private static final UUID ORIGIN = new UUID(0x1234, 0x5678), OTHER = new UUID(0x9abc, 0xdef0);
    private static final Retention ALL = new Retention(1_000, 1 << 20, Duration.ofDays(1), 100);

    private long number;

    private static Draft draft(String data) {
        return new Draft("", "text/plain", data.getBytes(StandardCharsets.UTF_8));
    }

    private static Publication publication(String key, String... data) {
        List<Draft> drafts = new ArrayList<>();
        for (String one : data) drafts.add(draft(one));
        return Publication.of(drafts, key, true);
    }

    private Command command(UUID origin, long now, Retention retention, Publication... publications) {
        return new Command(origin, ++number, now, retention, Allowance.ANY, List.of(publications), List.of());
    }

    private Log log(@Nullable Log log, String... data) {
        return log(log, ALL, data);
    }

    private Log log(@Nullable Log log, Retention retention, String... data) {
        Log grown = log == null ? Log.begun(NOW) : log;
        for (String one : data) grown = grown.after(command(ORIGIN, NOW + number, retention, publication("", one)));
        return grown;
    }

    private static List<String> data(List<Event> events) {
        return events.stream()
                .map(event -> new String(event.data(), StandardCharsets.UTF_8))
                .toList();
    }

    private static Page read(Log log, EventId after) {
        return log.read(new Read(after, 1_000));
    }

    private static EventId id(Log log, String data) {
        return log.events().get(data(log.events()).indexOf(data)).id();
    }

    private static Reply process(OneEntry entry, Command command) {
        return command.process(entry);
    }

    @Test
    void theEventsOfACommandFollowEachOther() {
        Log log = Log.begun(NOW).after(command(ORIGIN, NOW, ALL, publication("", "a", "b"), publication("", "c")));

        List<Receipt> receipts = log.outcomeOf(ORIGIN, number).orElseThrow().receipts();

        assertEquals(List.of("a", "b", "c"), data(log.events()));
        assertEquals(
                List.of(1L, 2L, 3L),
                log.events().stream().map(e -> e.id().sequence()).toList());
        assertEquals(List.of(id(log, "a"), id(log, "b")), receipts.get(0).ids());
        assertEquals(List.of(id(log, "c")), receipts.get(1).ids());
        assertEquals(id(log, "c"), log.last());
    }

    @Test
    void aReaderGoesOnFromItsCursorWithAnyLimit() {
        Log log = log(null, "a", "b", "c", "d", "e");
        for (int limit = 1; limit < 7; limit++) {
            List<String> given = new ArrayList<>();
            Page page = log.read(new Read(EventId.EARLIEST, limit));
            for (; !page.isEmpty(); page = log.read(new Read(page.last(), limit))) given.addAll(data(page.events()));
            assertEquals(List.of("a", "b", "c", "d", "e"), given);
        }
    }

    @Test
    void aPageCountsTheBytesBehindIt() {
        Log log = log(null, "a", "b", "c", "d", "e");
        long each = log.events().get(0).size();

        assertEquals(0, read(log, EventId.EARLIEST).behind());
        assertEquals(4 * each, log.read(new Read(EventId.EARLIEST, 1)).behind());
        assertEquals(each, log.read(new Read(EventId.EARLIEST, 4)).behind());
    }

    @Test
    void aPageOfBigEventsIsCutButNeverEmpty() {
        String big = "x".repeat(170_000);
        Retention much = new Retention(100, 1L << 40, Duration.ofDays(1), 1);
        Log log = log(null, much, big, big, big);

        assertEquals(2, read(log, EventId.EARLIEST).events().size());
        assertEquals(
                1,
                read(log(null, much, big + big, "a"), EventId.EARLIEST).events().size());
    }

    @Test
    void aReaderFromTheBeginningGetsAllEventsOrAGap() {
        Log log = log(null, new Retention(2, 1 << 20, Duration.ofDays(1), 1), "a", "b");

        assertFalse(read(log, EventId.BEGINNING).gap());
        Page gap = read(log(log, new Retention(2, 1 << 20, Duration.ofDays(1), 1), "c"), EventId.BEGINNING);
        assertTrue(gap.gap());
        assertEquals(List.of("b", "c"), data(gap.events()));
        assertEquals(gap.events().get(0).id(), gap.oldest());
    }

    @Test
    void theOldestEventsBeyondTheCountBytesOrAgeAreDropped() {
        Log log = log(null, "a", "b", "c", "d");
        long each = log.events().get(0).size();

        assertEquals(List.of("c", "d"), data(within(log, 2, 1 << 20, HOUR)));
        assertEquals(List.of("b", "c", "d"), data(within(log, 9, 3 * each, HOUR)));
        assertEquals(List.of("d"), data(within(log, 9, 1, HOUR)), "the newest is kept whatever its size");
        assertEquals(List.of("d"), data(within(log, 9, 1 << 20, 10)));
        assertEquals(List.of(), data(within(log, 9, 1 << 20, 5)), "too old, also if it is the newest");
    }

    private static List<Event> within(Log log, int events, long bytes, long age) {
        long now = log.events().get(log.events().size() - 1).time() + 10;
        Retention retention = new Retention(events, bytes, Duration.ofMillis(age), 9);
        Log kept = log.within(retention, now);
        assertEquals(kept.events().stream().mapToLong(Event::size).sum(), kept.bytes());
        return kept.events();
    }

    @Test
    void anEventThatIsTooOldIsNotShownThoughNothingWasAppendedSince() {
        OneEntry entry = new OneEntry(null);
        Retention second = new Retention(10, 1 << 20, Duration.ofSeconds(1), 10);
        process(entry, command(ORIGIN, NOW, second, publication("", "a")));
        EventId id = entry.getValue().last();

        Command later = new Command(
                ORIGIN,
                99,
                NOW + 1_001,
                second,
                Allowance.ANY,
                List.of(),
                List.of(new Read(EventId.EARLIEST, 9), new Read(id, 9), Read.exactly(id)));
        Reply reply = process(entry, later);

        assertEquals(Summary.NOTHING, reply.summary());
        for (Page page : reply.pages()) assertTrue(page.isEmpty());
        assertEquals(id, reply.pages().get(0).last());
    }

    @Test
    void aReaderOfAClearedChannelGetsOneGapAndGoesOn() {
        Log log = log(null, "a", "b");
        EventId cursor = log.last();

        Log cleared = log.cleared(NOW + 100);
        Page gap = read(cleared, cursor);

        assertTrue(gap.gap() && gap.events().isEmpty());
        assertNull(gap.oldest());
        assertTrue(gap.last().compareTo(cursor) > 0);
        Page next = read(log(cleared, "c"), gap.last());
        assertFalse(next.gap());
        assertEquals(List.of("c"), data(next.events()));
    }

    @Test
    void aChannelThatIsClearedTwiceInAMomentOrByAClockThatIsSetBackNumbersOn() {
        Log log = log(null, "a");
        EventId last = log.last();
        for (long now : new long[] {NOW, NOW, NOW - HOUR, 0}) {
            log = log.cleared(now);
            assertTrue(log.last().compareTo(last) > 0);
            last = log.last();
        }
    }

    @Test
    void aCommandThatComesAgainAppendsNothingAndIsAnsweredAsBefore() {
        OneEntry entry = new OneEntry(null);
        Command command = command(ORIGIN, NOW, ALL, publication("", "a"));
        Reply first = process(entry, command);
        process(entry, command(OTHER, NOW, ALL, publication("", "b")));
        Log stored = entry.getValue();

        Reply again = process(entry, command);

        assertSame(stored, entry.getValue());
        assertEquals(first.receipts(), again.receipts());
        assertEquals(first.before(), again.before());
    }

    @Test
    void aCommandThatComesAfterANewerOneOfItsOriginAppendsNothing() {
        OneEntry entry = new OneEntry(null);
        Command late = command(ORIGIN, NOW, ALL, publication("", "late"));
        process(entry, command(ORIGIN, NOW, ALL, publication("", "newer")));

        process(entry, late);

        assertEquals(List.of("newer"), data(entry.getValue().events()));
    }

    @Test
    void aCommandThatWasAppliedOnOneSideIsKnownAfterTheJoin() {
        Log common = log(null, "a");
        Command lost = command(OTHER, NOW + 5, ALL, publication("", "b"));
        Log joined = common.after(lost).joined(log(common, "c"));
        OneEntry entry = new OneEntry(joined);

        Reply again = process(entry, lost);

        assertSame(joined, entry.getValue());
        EventId former = again.receipts().get(0).first();
        assertEquals(List.of("b"), data(joined.read(Read.exactly(former)).events()), "found by its former id");
    }

    @Test
    void aCommandThatWasAppliedOnBothSidesIsInTheJoinedLogOnce() {
        Log common = log(null, "a");
        Command twice = command(OTHER, NOW + 5, ALL, publication("", "b"));

        Log joined = log(common, "c").after(twice).joined(log(common, "d").after(twice));

        assertEquals(List.of("a", "d", "b", "c"), data(joined.events()));
    }

    @Test
    void nothingIsAppendedIfThereIsNoRoom() {
        OneEntry entry = new OneEntry(null);
        Command noChannel =
                new Command(ORIGIN, 1, NOW, ALL, Allowance.anySize(false), List.of(publication("", "a")), List.of());
        Command noBytes =
                new Command(ORIGIN, 2, NOW, ALL, Allowance.noMore(true), List.of(publication("k", "a")), List.of());

        assertEquals(
                Receipt.Kind.TOO_MANY,
                process(entry, noChannel).receipts().get(0).kind());
        assertEquals(
                Receipt.Kind.NO_ROOM, process(entry, noBytes).receipts().get(0).kind());
        assertNull(entry.getValue());
        entry.setValue(log(null, "a"));
        Command still =
                new Command(OTHER, 2, NOW, ALL, Allowance.noMore(false), List.of(publication("k", "b")), List.of());
        assertEquals(
                Receipt.Kind.NO_ROOM, process(entry, still).receipts().get(0).kind());
        assertEquals(List.of("a"), data(entry.getValue().events()));
        assertEquals(List.of(), entry.getValue().keys(), "a key that led to nothing may be used");
    }

    /** How many bytes an entry may grow, and how many make it large. */
    private static Command within(long open, long all, long large, Publication... publications) {
        Allowance allowance = new Allowance(true, open, all, large);
        return new Command(ORIGIN, 99, NOW, ALL, allowance, List.of(publications), List.of());
    }

    private static Publication ofAnybody(String key, String data) {
        Publication publication = publication(key, data);
        return new Publication(publication.drafts(), key, publication.fingerprint(), false);
    }

    @Test
    void theOldestEventsGiveWayWhereThereIsNoRoomForMore() {
        OneEntry entry = new OneEntry(log(null, "a", "b", "c"));
        long before = entry.getValue().weight();
        EventId first = entry.getValue().events().get(0).id();

        Reply reply = process(entry, within(0, 0, 0, publication("", "d")));

        assertEquals(Receipt.Kind.APPENDED, reply.receipts().get(0).kind());
        assertTrue(entry.getValue().weight() <= before, "it has not grown");
        assertEquals("d", data(entry.getValue().events()).get(2));
        assertTrue(
                read(entry.getValue(), EventId.BEGINNING).gap(), "a reader that has seen nothing has missed something");
        assertFalse(read(entry.getValue(), first).gap(), "one that has seen the first has not");
    }

    @Test
    void ofSeveralPublicationsThoseThatFitAreAppendedAndNoneOfThemGivesWay() {
        OneEntry entry = new OneEntry(log(null, "a".repeat(1_000)));
        String long5 = "b".repeat(5_000);

        Reply reply = process(
                entry,
                within(0, 0, 0, publication("", "c"), publication("k", long5), publication("", "d".repeat(200))));

        assertEquals(
                List.of(Receipt.Kind.APPENDED, Receipt.Kind.NO_ROOM, Receipt.Kind.APPENDED),
                reply.receipts().stream().map(Receipt::kind).toList());
        assertEquals(List.of("c", "d".repeat(200)), data(entry.getValue().events()));
        assertEquals(List.of(), entry.getValue().keys());
    }

    @Test
    void anEventThatHasNoRoomEvenAloneLeavesTheOthersWhereTheyAre() {
        OneEntry entry = new OneEntry(log(null, "a", "b"));

        Reply reply = process(entry, within(0, 0, 0, publication("", "c".repeat(5_000))));

        assertEquals(Receipt.Kind.NO_ROOM, reply.receipts().get(0).kind());
        assertEquals(List.of("a", "b"), data(entry.getValue().events()));
    }

    @Test
    void thePartThatIsKeptIsForPublishersAndForSmallChannels() {
        for (Log before : List.of(log(null, "a"), log(null, "a", "a", "a"))) {
            OneEntry anybody = new OneEntry(before), publisher = new OneEntry(before), large = new OneEntry(before);

            process(anybody, within(0, 10_000, 10_000, ofAnybody("", "b")));
            process(publisher, within(0, 10_000, 10_000, publication("", "b")));
            process(large, within(0, 10_000, before.weight(), publication("", "b")));

            int events = before.events().size();
            assertEquals(events + 1, publisher.getValue().events().size());
            assertTrue(large.getValue().weight() <= before.weight());
            assertTrue(large.getValue().events().size() <= events);
            assertEquals(
                    large.getValue().events().size(),
                    anybody.getValue().events().size());
        }
    }

    /** Against a model: a list of the keys used, newest last. */
    @Test
    void aKeyIsRememberedForAnHourAndWithThatManyOthersOrForTwoMinutesWithAnyNumber() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Retention retention = new Retention(3, 1 << 20, Duration.ofDays(1), 1 + random.nextInt(6));
            Log log = Log.begun(NOW);
            long now = NOW;
            Map<String, Model> model = new LinkedHashMap<>();
            for (int step = 0; step < 100; step++) {
                now += random.nextInt(random.nextBoolean() ? 20 * 60_000 : 60_000);
                String key = "k" + random.nextInt(8), body = "body " + random.nextInt(2);
                Model known = model.get(key);
                if (known != null && known.time < now - HOUR) {
                    model.remove(key);
                    known = null;
                }
                log = log.after(command(ORIGIN, now, retention, publication(key, body)));
                Receipt receipt =
                        log.outcomeOf(ORIGIN, number).orElseThrow().receipts().get(0);
                String where = "seed " + seed + " step " + step;
                if (known == null) {
                    assertEquals(Receipt.Kind.APPENDED, receipt.kind(), where);
                    assertEquals(log.last(), receipt.first(), where);
                    model.put(key, new Model(body, receipt.first(), now));
                } else {
                    boolean same = known.body.equals(body);
                    assertEquals(same ? Receipt.Kind.REPEATED : Receipt.Kind.OTHER_USE, receipt.kind(), where);
                    assertEquals(known.first, receipt.first(), where);
                }
                long young = now - 2 * 60_000;
                while (model.size() > retention.keys()
                        && model.values().iterator().next().time < young)
                    model.remove(model.keySet().iterator().next());
                int beyond = Math.max(0, log.keys().size() - retention.keys());
                assertTrue(log.keys().stream().limit(beyond).allMatch(used -> used.time() >= young), where);
            }
        }
    }

    @Test
    void aChannelIsOverWhenItsEventsAndKeysAreTooOldAndItHasLingered() {
        Retention short5 = new Retention(10, 1 << 20, Duration.ofMinutes(5), 10);
        Log log = Log.begun(NOW).after(command(ORIGIN, NOW, short5, publication("", "a")));

        assertFalse(log.isDue(NOW + 5 * 60_000, Log.LINGERS_MILLIS));
        assertTrue(log.isDue(NOW + 5 * 60_000 + 1, Log.LINGERS_MILLIS));
        assertEquals(List.of(), log.aged(NOW + 5 * 60_000 + 1).events());
        assertFalse(log.isOver(NOW + 10 * 60_000, Log.LINGERS_MILLIS));
        assertTrue(log.isOver(NOW + 10 * 60_000 + 1, Log.LINGERS_MILLIS));
        Log keyed = Log.begun(NOW).after(command(ORIGIN, NOW, short5, publication("k", "a")));
        assertFalse(keyed.isOver(NOW + HOUR, Log.LINGERS_MILLIS));
        assertTrue(keyed.isOver(NOW + HOUR + 1, Log.LINGERS_MILLIS));
        Log cleared = log.cleared(NOW + HOUR);
        assertFalse(cleared.isOver(NOW + HOUR + 10 * 60_000, Log.LINGERS_MILLIS));
        assertTrue(cleared.isOver(NOW + HOUR + 10 * 60_000 + 1, Log.LINGERS_MILLIS));
        assertTrue(keyed.size() > log.size() + 100, "keys count");
    }

    private record Model(String body, EventId first, long time) {}

    @Test
    void aKeyRepeatedInOneCommandMustHaveTheSameTypeAndMediaType() {
        Publication typed = Publication.of(List.of(new Draft("t", "text/plain", new byte[] {'a'})), "k", true);
        Publication other = Publication.of(List.of(new Draft("", "text/html", new byte[] {'a'})), "k", true);
        Log log = Log.begun(NOW)
                .after(command(ORIGIN, NOW, ALL, publication("k", "a"), publication("k", "a"), typed, other));

        List<Receipt.Kind> kinds = log.outcomeOf(ORIGIN, number).orElseThrow().receipts().stream()
                .map(Receipt::kind)
                .toList();

        assertEquals(
                List.of(Receipt.Kind.APPENDED, Receipt.Kind.REPEATED, Receipt.Kind.OTHER_USE, Receipt.Kind.OTHER_USE),
                kinds);
    }

    @Test
    void aBatchIsNotTakenForOtherBatchesOfTheSameBytes() {
        assertNotEquals(
                publication("k", "ab", "c").fingerprint(),
                publication("k", "a", "bc").fingerprint());
        assertNotEquals(
                publication("k", "", "").fingerprint(), publication("k", "").fingerprint());
        assertEquals(
                publication("k", "a", "b").fingerprint(),
                publication("k", "a", "b").fingerprint());
    }

    @Test
    void theKeysOfBothSidesAreRememberedTheNewestLongest() {
        Log common = log(null, "a");
        Log one = common.after(command(ORIGIN, NOW + 30, ALL, publication("one", "b")));
        Log other = common.after(command(OTHER, NOW + 20, ALL, publication("other", "c")));

        assertEquals(
                List.of("other", "one"),
                other.joined(one).keys().stream().map(Log.Used::key).toList());
    }

    @Test
    void afterASplitThereAreTheEventsOfBothSidesUnderIdsThatGrow() {
        Log common = log(null, "a");
        Log stays = log(common, "b", "c"), goes = log(common, "x", "y", "z");

        Log joined = goes.joined(stays);

        assertEquals(List.of("a", "b", "c", "x", "y", "z"), data(joined.events()));
        assertEquals(id(stays, "c"), id(joined, "c"));
        assertTrue(id(joined, "x").compareTo(goes.last()) > 0);
        assertEquals(List.of("x", "y", "z"), data(read(joined, stays.last()).events()), "for who has read this side");
        assertEquals(
                List.of("b", "c", "x", "y", "z"),
                data(read(joined, id(goes, "y")).events()),
                "for who has read the other");
        assertFalse(read(joined, id(goes, "y")).gap());
    }

    @Test
    void aSideThatHasSeenNothingNewGivesWayToTheOtherAndNoIdChanges() {
        Log idle = log(null, "a", "b"), busy = log(idle, "c", "d");

        for (Log joined : List.of(idle.joined(busy), busy.joined(idle))) {
            assertEquals(busy.events(), joined.events());
            assertEquals(busy.last(), joined.last());
        }
    }

    @Test
    void eventsDroppedOnTheOtherSideAreAGapForALaterReader() {
        Retention two = new Retention(2, 1 << 20, Duration.ofDays(1), 1);
        Log common = log(null, "a");
        Log joined = log(common, two, "w", "x", "y", "z").joined(log(common, "b"));

        Page first = read(joined, id(common, "a"));

        List<String> given = new ArrayList<>(data(first.events()));
        boolean gap = first.gap();
        for (Page page = read(joined, first.last()); !page.isEmpty(); page = read(joined, page.last())) {
            gap |= page.gap();
            given.addAll(data(page.events()));
        }
        assertTrue(gap);
        assertTrue(given.containsAll(List.of("y", "z")) && given.contains("b"), given.toString());
    }

    @Test
    void eventsDroppedLongAgoOnOneSideDoNotReturnFromTheOther() {
        Retention three = new Retention(3, 1 << 20, Duration.ofDays(1), 1);
        Log common = log(null, three, "a", "b", "c");
        Log idle = common, busy = log(common, three, "d", "e", "f", "g");

        assertEquals(List.of("e", "f", "g"), data(idle.joined(busy).events()));
        assertEquals(List.of("e", "f", "g"), data(busy.joined(idle).events()));
    }

    @Test
    void eventsClearedOnOneSideDoNotReturnFromTheOther() {
        Log common = log(null, "a", "b");
        Log cleared = log(common.cleared(NOW + 100), "c"), kept = log(common, "d");

        List<Log> joined = List.of(cleared.joined(kept), kept.joined(cleared));

        for (Log log : joined) {
            assertFalse(data(log.events()).contains("a"), "published before");
            assertTrue(data(log.events()).contains("c"), "published after");
            assertTrue(read(log, id(common, "b")).gap());
        }
    }

    @Test
    void anEventKeepsItsFirstIdHoweverOftenItIsRenumbered() {
        Log common = log(null, "a");
        Log goes = log(common, "x");
        Log once = goes.joined(log(common, "b"));

        Log twice = once.joined(log(common, "c"));

        Event event = twice.events().get(data(twice.events()).indexOf("x"));
        assertEquals(id(goes, "x"), event.first());
        assertEquals(List.of("x"), data(twice.read(Read.exactly(event.first())).events()));
        assertEquals(List.of("a", "c", "b", "x"), data(twice.events()));
    }

    @Test
    void anIdThatWasNeverGivenIsAGap() {
        Log log = log(null, "a", "b");
        EventId b = log.last();
        for (EventId strange : List.of(
                new EventId(b.epoch(), b.sequence(), b.tag() + 1),
                new EventId(b.epoch(), b.sequence() + 1, b.tag()),
                new EventId(b.epoch() + 1, 1, 1),
                new EventId(1, 1, 1))) assertTrue(read(log, strange).gap(), strange.toString());
    }

    @Test
    void aReaderOfAChannelThatIsGoneGetsAGapIfItHasSeenAnyOfIt() {
        Reply reply = process(
                new OneEntry(null),
                new Command(
                        ORIGIN,
                        1,
                        NOW,
                        ALL,
                        Allowance.ANY,
                        List.of(),
                        List.of(
                                new Read(new EventId(NOW, 3, 4), 1),
                                new Read(EventId.NOW, 1),
                                new Read(EventId.BEGINNING, 1))));

        assertEquals(
                List.of(true, false, false),
                reply.pages().stream().map(Page::gap).toList());
        for (Page page : reply.pages()) assertEquals(EventId.BEGINNING, page.last());
    }

    @Test
    void clearingAChannelThatIsNotThereDoesNothing() {
        OneEntry entry = new OneEntry(null);

        assertEquals(EventId.BEGINNING, new Clear(NOW).process(entry));
        assertNull(entry.getValue());
    }
}
