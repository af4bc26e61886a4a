// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import io.holdfast.channel.log.Page;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A page of one channel and its encodings. The first reader that needs an encoding makes it; all readers of this page share it. */
public final class Feed {
    private final String channel;
    private final Page page;
    private final Map<Encoding, byte[]> encodings = new ConcurrentHashMap<>();

    /** The forms of a page. */
    public enum Encoding {
        JSON,
        SSE,
        NDJSON
    }

    /** Makes a form of a page. */
    public interface Encoder {
        byte[] encode(Feed feed);
    }

    public Feed(String channel, Page page) {
        this.channel = channel;
        this.page = page;
    }

    public String channel() {
        return channel;
    }

    public Page page() {
        return page;
    }

    /** The encoding, made once. */
    public byte[] encoded(Encoding encoding, Encoder encoder) {
        return encodings.computeIfAbsent(encoding, form -> encoder.encode(this));
    }
}
