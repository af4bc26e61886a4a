// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channel.log.Event;
import io.holdfast.channel.log.EventId;
import io.holdfast.channel.log.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The signal that a channel has moved, and for whom it is news. */
class NewsTest {
    private static final EventId BEFORE = new EventId(5, 6, -7);

    private static Event event(EventId id, String type, byte[] data) {
        return new Event(id, null, 1_800_000_000_000L, type, "text/plain;charset=\"x\"", data);
    }

    @Test
    void aSignalDecodesToTheEventsGiven() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            List<Event> events = new ArrayList<>();
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                byte[] data = new byte[random.nextInt(200)];
                random.nextBytes(data);
                EventId id = new EventId(random.nextLong(), random.nextLong(), random.nextInt());
                events.add(event(id, "\u0000é😀".repeat(random.nextInt(32)), data));
            }
            News news = News.of("c", BEFORE, events);

            News heard = News.heard("c", news.signal());

            assertEquals(news.before(), heard.before());
            assertEquals(news.last(), heard.last());
            List<Event> found = events(heard);
            assertEquals(events.size(), found.size(), "seed " + seed);
            for (int i = 0; i < found.size(); i++) {
                Event expected = events.get(i), event = found.get(i);
                assertEquals(expected.id(), event.id());
                assertEquals(expected.time(), event.time());
                assertEquals(expected.type(), event.type());
                assertEquals(expected.contentType(), event.contentType());
                assertArrayEquals(expected.data(), event.data());
            }
        }
    }

    private static List<Event> events(News news) {
        Feed feed = news.feed();
        assertNotNull(feed);
        return feed.page().events();
    }

    @Test
    void anEventTooBigForASignalMustBeRead() {
        EventId last = BEFORE.plus(1);
        News heard = News.heard(
                "c",
                News.of("c", BEFORE, List.of(event(last, "", new byte[64 * 1024])))
                        .signal());

        assertNull(heard.feed());
        assertTrue(heard.isPast(BEFORE));
        assertFalse(heard.isPast(last));
        assertTrue(News.of("c", BEFORE, List.of(event(last, "", new byte[64 * 1024])))
                        .signal()
                        .length
                < 100);
    }

    @Test
    void newsIsForWhoHasComeAsFarAsBeforeIt() {
        EventId last = BEFORE.plus(1);
        News news = News.of("c", BEFORE, List.of(event(last, "", new byte[1])));
        EventId otherSide = new EventId(BEFORE.epoch(), BEFORE.sequence(), 1);

        assertTrue(news.isFor(BEFORE) && news.isPast(BEFORE));
        assertFalse(news.isFor(otherSide));
        assertTrue(news.isPast(otherSide), "who must read for itself");
        assertTrue(news.isPast(EventId.BEGINNING));
        assertFalse(news.isPast(last) || news.isPast(last.plus(1)));
    }

    @Test
    void thatAChannelWasClearedIsNewsForAllWhoHaveRead() {
        News news = News.heard("c", News.of("c", BEFORE).signal());

        assertTrue(news.isPast(BEFORE.plus(-1)));
        assertFalse(news.isPast(BEFORE));
    }

    @Test
    void aReaderIsGivenTheGapThatWasFoundForIt() {
        Page gap = new Page(List.of(), BEFORE, true, null, 0);
        EventId at = BEFORE.plus(5);

        News news = News.found(new Feed("c", gap), at);

        assertTrue(news.isPast(at), "though its place is beyond what is there");
    }
}
