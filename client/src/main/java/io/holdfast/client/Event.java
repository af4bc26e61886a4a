// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event of a channel.
 *
 * @param id the opaque id of the event in its channel; in a stream of several channels, the cursor after the event
 * @param channel the channel; null if the server did not name it
 * @param type the publisher's word for the kind of event; null if there is none
 * @param time the time of its publication; null in a stream
 * @param contentType the media type of the data; null in a stream
 * @param was the id that the event had before the sides of a cluster split were joined; null for nearly all events
 * @param data the bytes as they were published; not a copy
 */
@SuppressWarnings("ArrayRecordComponent") // events are compared by id
public record Event(
        String id,
        @Nullable String channel,
        @Nullable String type,
        @Nullable Instant time,
        @Nullable String contentType,
        @Nullable String was,
        byte[] data) {

    /** The data as text in UTF-8. */
    public String text() {
        return new String(data, StandardCharsets.UTF_8);
    }
}
