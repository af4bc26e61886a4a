// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import java.util.List;

/**
 * What a reader is given.
 *
 * @param feeds the pages that are not empty, one for each channel that has something, in the reader's order
 * @param cursor where the reader is then
 */
record Delivery(List<Feed> feeds, Cursor cursor) {

    boolean isEmpty() {
        return feeds.isEmpty();
    }

    /** By how many bytes the reader is behind even then. */
    long behind() {
        return feeds.stream().mapToLong(feed -> feed.page().behind()).sum();
    }
}
