// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.relay;

import io.holdfast.http.Headers;
import java.util.Set;

/**
 * A request as a worker is given it, without its body.
 *
 * @param id its name, never used again
 * @param queue of which queue
 * @param method the method
 * @param path with the query
 * @param headers in order, those that concern one connection not among them
 * @param hasBody whether a body follows
 * @param length of the body, in bytes; -1 if nobody knows
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

    /** The same under a name that begins with that of its member; the names of requests do, those of jobs do not. */
    public Order at(String member) {
        if (id.startsWith(member + "-")) return this;
        return new Order(member + "-" + id, queue, method, path, headers, hasBody, length, urgency);
    }

    /** RFC 9110, 9.2.2. */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    /** Whether it may be performed twice: by its method, or because its client has sent a key with it. */
    public boolean mayRepeat(boolean hasKey) {
        return hasKey || IDEMPOTENT.contains(method);
    }

    /** The same under another name, and with a body of so many bytes. */
    public Order as(String name, long bytes) {
        boolean carries = hasBody && bytes > 0;
        return new Order(name, queue, method, path, headers, carries, hasBody ? bytes : length, urgency);
    }
}
