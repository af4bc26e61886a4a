// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.List;
import java.util.Map;

/**
 * The answer to a publication that is committed.
 *
 * @param ids the ids of its events, in order; one unless it was a batch
 * @param replayed whether an earlier try had published the events already; its answer may have been lost
 * @param backups the number of backups that have the events
 * @param released by member, the number of held requests that the events released; empty without a receipt
 * @param unknown members that did not report their number in time
 */
public record Receipt(
        List<String> ids, boolean replayed, int backups, Map<String, Long> released, List<String> unknown) {
    /** Copies the lists and the map. */
    public Receipt {
        ids = List.copyOf(ids);
        released = Map.copyOf(released);
        unknown = List.copyOf(unknown);
    }

    /** The id of the event; of the first event of a batch. */
    public String id() {
        return ids.get(0);
    }
}
