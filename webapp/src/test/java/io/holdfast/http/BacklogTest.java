// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.http.message.Json;
import io.holdfast.testing.Race;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the backlog counts. */
class BacklogTest {
    private static final int MOST = 100_000;
    private final Backlog backlog = new Backlog(MOST, new Json());

    @Test
    void bodiesFitUpToTheBound() {
        assertTrue(backlog.add(MOST));
        assertFalse(backlog.add(1));
        backlog.remove(1L);
        assertTrue(backlog.add(1));
        backlog.remove((long) MOST);
        assertEquals(0, backlog.bytes());
    }

    @Test
    void anAnswerThatManyAreGivenCountsOnce() {
        byte[] answer = new byte[60_000], other = new byte[60_000];
        assertTrue(backlog.add(answer));
        assertTrue(backlog.add(answer));
        assertEquals(60_000, backlog.bytes());
        assertFalse(backlog.add(other), "alike is not the same");
        backlog.remove(other);
        backlog.remove(answer);
        assertEquals(60_000, backlog.bytes());
        backlog.remove(answer);
        backlog.remove(answer);
        assertEquals(0, backlog.bytes());
        assertTrue(backlog.add(other));
    }

    @Test
    void aChunkLongerThanTheBoundFitsAlone() {
        byte[] large = new byte[MOST + 1];
        assertTrue(backlog.add(large));
        assertFalse(backlog.add(new byte[5_000]));
        backlog.remove(large);
        assertTrue(backlog.add(5_000));
        assertFalse(backlog.add(large));
    }

    @Test
    void aShortChunkIsNotCounted() {
        byte[] brief = new byte[Backlog.LEAST];
        assertTrue(backlog.add(brief));
        assertEquals(0, backlog.bytes());
        backlog.remove(brief);
        assertEquals(0, backlog.bytes());
    }

    @Test
    void manyThreadsLeaveNothingBehind() throws Exception {
        byte[] shared = new byte[20_000];
        Race.Party party = round -> {
            byte[] answer = round % 2 == 0 ? shared : new byte[60_000];
            if (backlog.add(answer)) backlog.remove(answer);
            if (backlog.add(10)) backlog.remove(10L);
        };
        Race.run(20_000, round -> {}, round -> assertEquals(0, backlog.bytes()), List.of(party, party, party));
    }

    @Test
    void aPartIsKeptForThoseWhoAreMoreThanAnybody() {
        Backlog parted = new Backlog(MOST, MOST / 4, new Json());
        int open = MOST - MOST / 4;
        assertTrue(parted.add(open));
        assertFalse(parted.add(1));
        assertFalse(parted.add(new byte[5_000]));
        assertTrue(parted.add(MOST / 4, MOST));
        assertFalse(parted.add(1, MOST));
        parted.remove((long) open);
        assertTrue(parted.add(open - MOST / 4));
    }
}
