// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import org.jspecify.annotations.Nullable;

/**
 * The request of a reader.
 *
 * @param after the event after which the reader continues
 * @param limit the most events to read; 0 asks for the event at that very place instead
 */
public record Read(EventId after, int limit) {

    public static Read exactly(EventId id) {
        return new Read(id, 0);
    }

    boolean isExact() {
        return limit == 0;
    }

    // Written out, as in Key.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Read read && read.after.equals(after) && read.limit == limit;
    }

    @Override
    public int hashCode() {
        return 31 * after.hashCode() + limit;
    }
}
