// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import java.util.List;

/**
 * The pages that a reader gets.
 *
 * @param feeds the pages that are not empty, at most one for each channel, in the reader's order
 * @param cursor the reader's position after these pages
 */
public record Delivery(List<Feed> feeds, Cursor cursor) {

    public boolean isEmpty() {
        return feeds.isEmpty();
    }

    /** How many bytes the reader is still behind after this delivery. */
    public long behind() {
        return feeds.stream().mapToLong(feed -> feed.page().behind()).sum();
    }
}
