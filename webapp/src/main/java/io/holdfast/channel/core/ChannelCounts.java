// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import io.holdfast.channel.log.Event;
import java.util.concurrent.atomic.LongAdder;

/** The numbers of this member's work for channels since the room was opened. */
public final class ChannelCounts {
    private final LongAdder events = new LongAdder(), bytes = new LongAdder();
    private final LongAdder begun = new LongAdder(), over = new LongAdder(), cut = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final Census census;

    ChannelCounts(Census census) {
        this.census = census;
    }

    void published(Event event) {
        events.increment();
        bytes.add(event.data().length);
    }

    public void began() {
        begun.increment();
    }

    public void ended() {
        over.increment();
    }

    public void wasCut() {
        cut.increment();
    }

    public void delivered(Delivery delivery) {
        if (delivery.feeds().stream().anyMatch(feed -> feed.page().gap())) gaps.increment();
    }

    /** Events published through this member. */
    public long events() {
        return events.sum();
    }

    /** Bytes of data in these events. */
    public long bytes() {
        return bytes.sum();
    }

    /** Streams that are open on this member. */
    public long streams() {
        return begun.sum() - over.sum();
    }

    /** Streams that were cut because their clients read too slowly. */
    public long cut() {
        return cut.sum();
    }

    /** Readers that were informed of a gap. */
    public long gaps() {
        return gaps.sum();
    }

    /** Channels in the whole cluster when they were last counted. */
    public long kept() {
        return census.newest().channels();
    }

    /** Bytes in these channels when they were last counted. */
    public long keptBytes() {
        return census.newest().bytes();
    }
}
