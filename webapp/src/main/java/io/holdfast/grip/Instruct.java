// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import java.net.URI;
import java.nio.charset.StandardCharsets;
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
record Instruct(
        Hold hold,
        List<Channel> channels,
        int timeout,
        @Nullable KeepAlive keepAlive,
        Map<String, String> meta,
        List<String> exposeHeaders,
        @Nullable Link next,
        @Nullable URI gone,
        Response response) {

    /** How a request is held. */
    enum Hold {
        /** It is not: it is given the response. */
        NONE,
        /** Until something is published, or the time is over. */
        RESPONSE,
        /** After the response was begun, for more of it. */
        STREAM
    }

    /**
     * A channel that a request is held on.
     *
     * @param name as the backend calls it, in {@code Grip-Last} and in filters
     * @param topic as publishers call it: the name after the prefix of the route
     * @param prevId the last item that the response knows of; null if it does not say
     * @param filters in their order, at most 5
     */
    record Channel(String name, String topic, @Nullable String prevId, List<String> filters) {
        /** The most filters that a channel may have. */
        static final int MOST_FILTERS = 5;
        /** How many bytes a name may have, in UTF-8. */
        private static final int LONGEST_NAME = 512;

        /** Whether that may be the name of one. */
        static boolean isName(String name) {
            return name.length() <= LONGEST_NAME && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
        }

        Channel {
            filters = List.copyOf(filters);
        }
    }

    /**
     * Where a stream goes on.
     *
     * @param uri relative to the request
     * @param timeout in seconds without anything on the channels, from 0
     */
    record Link(URI uri, int timeout) {}

    Instruct {
        channels = List.copyOf(channels);
        meta = Map.copyOf(meta);
        exposeHeaders = List.copyOf(exposeHeaders);
    }
}
