// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.cluster.StatelessMerge;
import org.jspecify.annotations.Nullable;

/** Joins the two sides of a counter after a split. Public because Hazelcast makes it from its class name. */
public final class TallyMerge extends StatelessMerge<Tally> {

    @Override
    protected Tally join(Tally merging, @Nullable Tally existing) {
        return Tally.join(merging, existing);
    }
}
