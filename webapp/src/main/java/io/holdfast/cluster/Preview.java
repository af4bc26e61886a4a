// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import org.jspecify.annotations.Nullable;

/**
 * A short form of a replicated record, as its primary has it. It is quick to get, but what it shows may not be on the backups yet. A
 * record itself, with a {@linkplain RecordWire wire form}, because it travels to the primary.
 *
 * @param <V> the replicated records
 * @param <P> their short form
 */
@FunctionalInterface
public interface Preview<V, P> {
    /** The short form; of null where there is no record. */
    P of(@Nullable V stored);
}
