// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A page of one channel and its encodings. The first reader that needs an encoding makes it; all readers of this page share it. */
final class Feed {
    private final String channel;
    private final Page page;
    private final Map<Encoding, byte[]> encodings = new ConcurrentHashMap<>();

    /** The forms of a page. */
    enum Encoding {
        JSON,
        SSE,
        NDJSON
    }

    /** Makes a form of a page. */
    interface Encoder {
        byte[] encode(Feed feed);
    }

    Feed(String channel, Page page) {
        this.channel = channel;
        this.page = page;
    }

    String channel() {
        return channel;
    }

    Page page() {
        return page;
    }

    /** The encoding, made once. */
    byte[] encoded(Encoding encoding, Encoder encoder) {
        return encodings.computeIfAbsent(encoding, form -> encoder.encode(this));
    }
}
