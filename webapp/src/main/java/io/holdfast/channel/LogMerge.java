// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import io.holdfast.cluster.StatelessMerge;
import org.jspecify.annotations.Nullable;

/** Joins the two sides of a channel after a split. Public because Hazelcast makes it from its class name. */
public final class LogMerge extends StatelessMerge<Log> {

    @Override
    protected Log join(Log merging, @Nullable Log existing) {
        return Log.join(merging, existing);
    }
}
