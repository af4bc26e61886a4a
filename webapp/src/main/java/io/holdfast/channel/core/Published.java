// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import io.holdfast.channel.log.EventId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * A publication that is on the primary and its backups.
 *
 * @param first the id of its first event
 * @param count how many events
 * @param repeated whether it had been published before, with the same key
 * @param reached completes with the receipts of the members
 */
public record Published(EventId first, int count, boolean repeated, CompletionStage<Reached> reached) {

    /** A copy in which members that have left since count as unknown. */
    Published orLost(Set<String> before) {
        if (repeated) return this;
        return new Published(first, count, false, reached.thenApply(now -> now.orLost(before)));
    }

    public List<EventId> ids() {
        return IntStream.range(0, count).mapToObj(first::plus).toList();
    }
}
