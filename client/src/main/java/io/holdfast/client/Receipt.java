// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.List;
import java.util.Map;

/**
 * What is known of a publication: it is committed.
 *
 * @param ids of its events, in order; one unless it was a batch
 * @param replayed whether an earlier try, perhaps one whose answer was lost, had published it already
 * @param backups how many backups it is on
 * @param released by member, how many held requests were answered because of it; empty if nobody was asked
 * @param unknown members that did not say in time
 */
public record Receipt(
        List<String> ids, boolean replayed, int backups, Map<String, Long> released, List<String> unknown) {
    /** Copies what it is given. */
    public Receipt {
        ids = List.copyOf(ids);
        released = Map.copyOf(released);
        unknown = List.copyOf(unknown);
    }

    /** The id of the event, or of the batch's first. */
    public String id() {
        return ids.get(0);
    }
}
