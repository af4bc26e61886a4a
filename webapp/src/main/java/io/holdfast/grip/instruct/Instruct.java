// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import io.holdfast.grip.item.GripChannel;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a backend wants done with its response.
 *
 * @param hold whether and how the request is held
 * @param channels what it is held on, at most as many as a connection may have; may be none
 * @param timeout of a response hold, in seconds, at least 5
 * @param keepAlive of a stream hold; null if there is none
 * @param meta what filters know of the subscriber
 * @param exposeHeaders the only headers that the client is given; empty for all
 * @param next where a stream goes on; null if it does not
 * @param gone who is told when the connection has ended, relative to the request; null if nobody is
 * @param response what the client is given: at once, when a stream begins, or when a response hold times out
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
        /** It is not: it is given the response. */
        NONE,
        /** Until something is published, or the time is over. */
        RESPONSE,
        /** After the response was begun, for more of it. */
        STREAM
    }

    /**
     * Where a stream goes on.
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
