// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import static io.holdfast.grip.Samples.item;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SequencerTest {
    private final Sequencer sequencer = new Sequencer();

    private String add(String id, String prevId, long now) {
        return ids(sequencer.add(item(id, prevId), now));
    }

    private String tick(long now) {
        return ids(sequencer.tick(now));
    }

    private static String ids(List<Item> items) {
        return String.join(
                " ",
                items.stream().map(item -> item.id() == null ? "-" : item.id()).toList());
    }

    private static Item unordered(String id) {
        return item("{'channel':'test','id':'" + id + "','prev-id':'x','no-seq':true,'http-stream':{'content':''}}");
    }

    @Test
    void itemsInOrderAreDeliveredAsTheyCome() {
        assertEquals("a", add("a", "", 0));
        assertEquals("b", add("b", "a", 0));
        assertEquals("c", add("c", "", 0), "it does not say what comes before it");
        assertEquals("c", sequencer.lastId());
        assertEquals(Sequencer.NEVER, sequencer.nextTick());
    }

    @Test
    void ofManyIdsTheNewestAreRemembered() {
        for (int i = 0; i <= Sequencer.MOST_KNOWN; i++) add(Integer.toString(i), "", 0);

        assertEquals("", add(Integer.toString(Sequencer.MOST_KNOWN), "", 1));
        assertEquals("", add("2", "", 1));
        assertEquals("0", add("0", "", 1), "it is forgotten");
    }

    @Test
    void theFirstItemIsNotWaitedFor() {
        assertEquals("b", add("b", "a", 0));
    }

    @Test
    void itemsThatComeInAnotherOrderAreDeliveredInTheirs() {
        assertEquals("a", add("a", "", 0));
        assertEquals("", add("e", "d", 0));
        assertEquals("", add("d", "c", 0));
        assertEquals("", add("c", "b", 0));
        assertEquals("b c d e", add("b", "a", 0));
        assertEquals("e", sequencer.lastId());
        assertEquals(Sequencer.NEVER, sequencer.nextTick());
    }

    @Test
    void anyOrderIsPutRight() {
        for (long seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            Sequencer shuffled = new Sequencer();
            List<Item> items = new ArrayList<>();
            for (int i = 1; i < 30; i++) items.add(item("" + i, "" + (i - 1)));
            Collections.shuffle(items, random);
            List<Item> delivered = new ArrayList<>(shuffled.add(item("0", ""), 0));
            for (Item item : items) delivered.addAll(shuffled.add(item, 0));
            for (int i = 0; i < 30; i++) assertEquals("" + i, delivered.get(i).id(), "seed " + seed);
        }
    }

    @Test
    void anIdIsDroppedWhereItWasSeenWithinAMinute() {
        assertEquals("a", add("a", "", 0));
        assertEquals("", add("a", "", 0));
        assertEquals("b", add("b", "a", 30_000));
        assertEquals("", add("a", "", 59_999));
        assertEquals("a", add("a", "", 60_000), "what is dropped is not remembered anew");
        assertEquals("", add("b", "", 89_999));
        assertEquals("b", add("b", "", 90_000));
    }

    @Test
    void aRepeatedItemThatStillWaitsIsDropped() {
        assertEquals("a", add("a", "", 0));
        assertEquals("", add("c", "b", 0));
        assertEquals("", add("c", "b", 1));
        assertEquals("b c", add("b", "a", 2));
        assertEquals("", add("c", "b", 3));
    }

    @Test
    void anItemWithoutAnIdIsNeverDroppedAndClearsTheLastId() {
        assertEquals("a", add("a", "", 0));
        assertEquals("-", add("", "a", 0));
        assertNull(sequencer.lastId());
        assertEquals("-", add("", "", 0));
        assertEquals("c", add("c", "b", 0), "nothing is known to be before it");
    }

    @Test
    void anItemWithoutAnIdWaitsForTheOneBeforeIt() {
        assertEquals("a", add("a", "", 0));
        assertEquals("", add("", "b", 0));
        assertEquals("b -", add("b", "a", 0));
        assertNull(sequencer.lastId());
    }

    @Test
    void anItemIsSentWithoutTheOneBeforeItAfterFiveSeconds() {
        add("a", "", 0);
        add("d", "c", 100);
        add("e", "d", 200);
        assertEquals(5_100, sequencer.nextTick());
        assertEquals("", tick(5_099));
        assertEquals("d e", tick(5_100));
        assertEquals("e", sequencer.lastId());
        assertEquals(Sequencer.NEVER, sequencer.nextTick());
        assertEquals("", add("b", "a", 5_200), "it does not follow what was sent");
        assertEquals(10_200, sequencer.nextTick());
        assertEquals("b", tick(20_000));
    }

    @Test
    void theOldestWaitingItemIsSentFirst() {
        add("a", "", 0);
        add("x", "w", 1);
        add("n", "m", 2);
        assertEquals("x n", tick(60_000));
    }

    @Test
    void onlyOneItemWaitsForAnother() {
        add("a", "", 0);
        add("c", "b", 0);
        assertEquals("", add("C", "b", 0));
        assertEquals("b c", add("b", "a", 0));
        assertEquals("", tick(60_000));
    }

    @Test
    void atMostAHundredItemsWait() {
        add("a", "", 0);
        for (int i = 0; i < 101; i++) assertEquals("", add("x" + i, "w" + i, i));
        assertEquals(100, sequencer.tick(60_000).size());
    }

    @Test
    void anUnorderedItemIsDeliveredAtOnce() {
        add("a", "", 0);
        assertEquals("z", ids(sequencer.add(unordered("z"), 0)));
        assertEquals("a", sequencer.lastId());
        assertEquals("", ids(sequencer.add(unordered("z"), 0)), "but once");
    }

    @Test
    void anIdIsRememberedForAMinute() {
        add("a", "", 0);
        assertEquals("", add("a", "", 59_999));
        assertEquals("a", add("a", "", 60_000));
    }
}
