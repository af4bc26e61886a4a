// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import java.util.List;

/**
 * The events that one request publishes. They are appended next to each other, or none of them is.
 *
 * @param drafts the events, in order; at least one
 * @param key the publisher's {@code Idempotency-Key}; empty if it gave none
 * @param fingerprint a hash of the events, to distinguish a repeat from another use of the key
 * @param favoured whether the part of the memory that is kept for publishers is for it, too
 */
public record Publication(List<Draft> drafts, String key, long fingerprint, boolean favoured) {
    private static final long PRIME = 0x100000001b3L, BASIS = 0xcbf29ce484222325L;

    public static Publication of(List<Draft> drafts, String key, boolean favoured) {
        return new Publication(List.copyOf(drafts), key, key.isEmpty() ? 0 : fingerprint(drafts), favoured);
    }

    /** FNV-1a over everything that a repeat must have in common. It need not resist forgers, because they may publish anyway. */
    private static long fingerprint(List<Draft> drafts) {
        long hash = BASIS;
        for (Draft draft : drafts) {
            for (char c : (draft.type() + '\n' + draft.contentType() + '\n').toCharArray()) hash = (hash ^ c) * PRIME;
            for (byte b : draft.data()) hash = (hash ^ (b & 0xff)) * PRIME;
            hash = (hash ^ draft.data().length) * PRIME;
        }
        return hash;
    }

    /** The approximate number of bytes that it will take in its channel. */
    public long size() {
        return bytes() + 256L * drafts.size() + key.length();
    }

    public long bytes() {
        return drafts.stream().mapToLong(draft -> draft.data().length).sum();
    }
}
