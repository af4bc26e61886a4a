// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The answers to an {@code EventSource}. It never comes back after an answer other than 200, but does so after the end of a stream. */
public final class EventSources {
    private static final String TYPE = "text/event-stream";
    private static final int RETRY_MILLIS = 2_000;
    private static final int UNAVAILABLE = 503;

    private EventSources() {}

    /** The head of a stream, and its first line: the time after which the client comes back when the stream has ended. */
    public static OwnResponse begun() {
        int retry = RETRY_MILLIS + ThreadLocalRandom.current().nextInt(RETRY_MILLIS);
        // One line end: to some clients, an empty line is an event.
        byte[] first = ("retry: " + retry + "\n").getBytes(StandardCharsets.UTF_8);
        return new OwnResponse(200, TYPE + ";charset=utf-8", Headers.of("X-Accel-Buffering", "no"), first);
    }

    /** Whether these are the headers of a stream of Server-Sent Events. */
    public static boolean isBegun(Headers headers) {
        return headers.first("Content-Type")
                .filter(type -> type.regionMatches(true, 0, TYPE, 0, TYPE.length()))
                .isPresent();
    }

    /** Whether a request of that method, with these values of {@code Accept}, asks for a stream of Server-Sent Events. */
    public static boolean isAsking(String method, Collection<String> accepted) {
        return method.equals("GET") && Accepted.of(String.join(",", accepted)) == Accepted.SSE;
    }

    /**
     * A stream that ends at once, for a page of that origin, where others know which pages may read. It has nothing to read, and a
     * browser that may not read it would not come back.
     */
    public static OwnResponse ended(Optional<String> origin) {
        OwnResponse ended = begun();
        if (origin.isEmpty()) return ended;
        return ended.with("Access-Control-Allow-Origin", origin.get())
                .with("Access-Control-Allow-Credentials", "true")
                .with("Vary", "Origin");
    }

    /** This answer, or a stream that {@linkplain #ended ends} at once if a request of that method, with these headers, asks for one. */
    public static OwnResponse shown(OwnResponse answer, String method, Headers request) {
        boolean stream = answer.status() == UNAVAILABLE && isAsking(method, request.all("Accept"));
        return stream ? ended(request.first("Origin")) : answer;
    }

    /** This answer, or a stream that ends at once if the client is to come back later. */
    public static OwnResponse shown(OwnResponse answer) {
        return answer.status() == UNAVAILABLE ? begun() : answer;
    }
}
