// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import io.holdfast.time.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a member does not get over a loss: parts of the state have no owner for longer than taking over takes. Hazelcast leaves a
 * member so that was frozen in the moment in which it took over from another. It then waits for itself for ever, and does not merge.
 */
final class OwnerWatch {
    private static final Logger LOG = System.getLogger(OwnerWatch.class.getName());
    /** Promotions after a loss take less than a second, and are tried again for some seconds. */
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private final Ticker ticker;
    private volatile @Nullable String doubt;
    private @Nullable Long since; // of the thread that looks

    OwnerWatch(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Notes whether all of the state has an owner now. To be called by one thread at a time. */
    void look(boolean isOwned) {
        Long begun = since;
        if (isOwned) {
            since = null;
            doubt = null;
        } else if (begun == null) since = ticker.nanos();
        else if (ticker.nanos() - begun > LONGEST.toNanos()) note();
    }

    private void note() {
        if (doubt == null)
            LOG.log(
                    Level.ERROR,
                    "Parts of the state have no owner, and this member does not get over that: start it again");
        doubt = "parts of the state have no owner: this member must be started again";
    }

    /** Why this member must be started again; empty if it need not. */
    Optional<String> doubt() {
        return Optional.ofNullable(doubt);
    }
}
