// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import io.holdfast.grip.item.GripChannel;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An instruction: how the backend wants its response handled.
 *
 * @param hold whether and how the request is held
 * @param channels the channels that it is held on, at most as many as a connection may have; may be none
 * @param timeout the timeout of a response hold, in seconds, at least 5
 * @param keepAlive the keep-alive of a stream hold; null if there is none
 * @param meta properties of the subscriber, for filters
 * @param exposeHeaders the only headers that the client receives; empty for all
 * @param next the link to the next part of a stream; null if there is none
 * @param gone the link that is notified when the connection has ended, relative to the request; null if there is none
 * @param response the response for the client: at once, at the beginning of a stream, or at the timeout of a response hold
 */
public record Instruct(
        Hold hold,
        List<GripChannel> channels,
        int timeout,
        @Nullable KeepAlive keepAlive,
        Map<String, String> meta,
        List<String> exposeHeaders,
        @Nullable Link next,
        @Nullable URI gone,
        WholeResponse response) {

    /** How a request is held. */
    public enum Hold {
        /** Not at all: the client gets the response. */
        NONE,
        /** Until an item is published, or until the timeout. */
        RESPONSE,
        /** Its response has begun and is extended. */
        STREAM
    }

    /**
     * The link to the next part of a stream.
     *
     * @param uri relative to the request
     * @param timeout in seconds without anything on the channels, from 0
     */
    public record Link(URI uri, int timeout) {}

    public Instruct {
        channels = List.copyOf(channels);
        meta = Map.copyOf(meta);
        exposeHeaders = List.copyOf(exposeHeaders);
    }
}
