// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event of a channel.
 *
 * @param id its place in its channel, opaque; in a stream of several channels, the cursor behind it
 * @param channel the channel it is of; null where the server did not say
 * @param type the publisher's word for what it is; null if it gave none
 * @param time when it was published; null where a stream does not say
 * @param contentType the media type of the data; null where a stream does not say
 * @param was the id it had before two sides of a split were joined; null for nearly all
 * @param data the bytes as they were published; not a copy
 */
@SuppressWarnings("ArrayRecordComponent") // told apart by id, compared by nobody
public record Event(
        String id,
        @Nullable String channel,
        @Nullable String type,
        @Nullable Instant time,
        @Nullable String contentType,
        @Nullable String was,
        byte[] data) {

    /** The data as UTF-8. */
    public String text() {
        return new String(data, StandardCharsets.UTF_8);
    }
}
