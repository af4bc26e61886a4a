// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import java.util.ArrayList;
import java.util.List;

/** An observer that remembers. */
final class Recorded implements WaiterObserver {
    private final List<Seen> seen = new ArrayList<>();

    record Seen(Ending ending, long heldNanos, long releaseNanos) {}

    @Override
    public synchronized void ended(Ending ending, long heldNanos, long releaseNanos) {
        seen.add(new Seen(ending, heldNanos, releaseNanos));
    }

    synchronized List<Seen> seen() {
        return List.copyOf(seen);
    }

    synchronized List<Ending> endings() {
        return seen.stream().map(Seen::ending).toList();
    }
}
