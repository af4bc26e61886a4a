// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.relay;

import io.holdfast.http.message.Headers;
import java.util.Set;

/**
 * A request in the form for a worker, without its body.
 *
 * @param id its name, which is never used again
 * @param queue the queue that it waits in
 * @param method the method
 * @param path the path with the query
 * @param headers the headers in order, without those that concern one connection
 * @param hasBody whether a body follows
 * @param length the length of the body in bytes; -1 if it is unknown
 * @param urgency from 0, the most urgent, to 7
 */
public record Order(
        String id,
        String queue,
        String method,
        String path,
        Headers headers,
        boolean hasBody,
        long length,
        int urgency) {
    /** The header that {@link #repeated()} adds. */
    public static final String REPEATED = "Work-Repeated";

    /** A copy whose name begins with the name of its member. The names of requests begin so already; the names of jobs do not. */
    public Order at(String member) {
        if (id.startsWith(member + "-")) return this;
        return new Order(member + "-" + id, queue, method, path, headers, hasBody, length, urgency);
    }

    /** A copy that shows the next worker that another one has had the request and may have begun it. */
    public Order repeated() {
        if (headers.has(REPEATED)) return this;
        return new Order(id, queue, method, path, headers.and(REPEATED, "1"), hasBody, length, urgency);
    }

    /** The idempotent methods of RFC 9110, 9.2.2. */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    /** Whether the request may be performed twice, because of its method or because its client has sent a key. */
    public boolean mayRepeat(boolean hasKey) {
        return hasKey || IDEMPOTENT.contains(method);
    }

    /** A copy with another name, and with a body of that many bytes. */
    public Order as(String name, long bytes) {
        boolean carries = hasBody && bytes > 0;
        return new Order(name, queue, method, path, headers, carries, hasBody ? bytes : length, urgency);
    }
}
