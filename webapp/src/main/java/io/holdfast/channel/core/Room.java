// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import io.holdfast.channel.log.Publication;
import io.holdfast.channel.log.Totals;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Whether there is room for more channels and more bytes in the cluster. The cluster is counted regularly. Between two counts, a member
 * adds only its own publications, so the limits may be exceeded a little.
 */
final class Room {
    private final ChannelOptions options;
    private volatile Totals.Sum counted = new Totals.Sum(0, 0);
    private final AtomicLong since = new AtomicLong(), created = new AtomicLong();

    Room(ChannelOptions options) {
        this.options = options;
    }

    Totals.Sum counted() {
        return counted;
    }

    /** Takes a new count. It includes everything that was added here before it began. */
    void count(Supplier<Totals.Sum> counting) {
        long added = since.get(), begun = created.get();
        counted = counting.get();
        since.addAndGet(-added);
        created.addAndGet(-begun);
    }

    /** A publication of this member has created a channel. */
    void created() {
        created.incrementAndGet();
    }

    /** The channels have changed in a way that only a count can show. */
    void changed() {
        since.incrementAndGet();
    }

    void take(List<Publication> publications) {
        for (Publication publication : publications) since.addAndGet(publication.size());
    }

    /** Whether anything was published since the last count. */
    boolean isDirty() {
        return since.get() > 0;
    }

    boolean forChannels() {
        return counted.channels() + created.get() < options.limit();
    }

    boolean forBytes() {
        return counted.bytes() + since.get() < options.memory();
    }

    String why() {
        return forBytes()
                ? "there are as many channels as channel.limit allows"
                : "the channels hold as many bytes as channel.memory allows";
    }
}
