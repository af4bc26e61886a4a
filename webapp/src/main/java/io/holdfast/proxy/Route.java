// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.access.token.TokenKey;
import io.holdfast.proxy.script.Jsonp;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A line of the routes file: which requests it is for, where they go and what is done for them on the way. Lines that mean the same
 * are equal wherever they stand, so that a route is the same one after a reload that did not touch it.
 *
 * @param condition which requests it is for
 * @param grip how it speaks GRIP
 * @param change what is changed in a request on its way
 * @param jsonp how the requests of scripts are recognised, where {@code autoCrossOrigin} holds
 * @param autoCrossOrigin whether answers are opened to scripts of other sites ({@code aco})
 * @param debug whether failures tell the client their reason
 * @param patience how long and how often a backend that is away is tried
 * @param limits what a request may take
 * @param health how backends are looked after while nobody asks; empty if they are not
 * @param targets where the requests go, at least one, in the order of the file
 */
record Route(
        Condition condition,
        Grip grip,
        Change change,
        Jsonp.Options jsonp,
        boolean autoCrossOrigin,
        boolean debug,
        Patience patience,
        Limits limits,
        Optional<Health> health,
        List<Target> targets) {

    Route {
        targets = List.copyOf(targets);
    }

    /**
     * Which requests.
     *
     * @param domain the host without port, in lower case; {@code *} for any
     * @param pathBeg how the path begins; empty for any path
     * @param http whether it says that it is for HTTP, and so goes before one that does not say
     * @param tls whether the client's connection must be encrypted, or must not be; empty for either
     */
    record Condition(String domain, String pathBeg, boolean http, Optional<Boolean> tls) {

        /** Whether it is for such a request, whatever the host. */
        boolean matches(String path, boolean encrypted) {
            return path.startsWith(pathBeg) && tls.orElse(encrypted) == encrypted;
        }
    }

    /**
     * GRIP.
     *
     * @param off whether it is not spoken at all ({@code no_grip})
     * @param prefix what every channel's name is given in front; may be empty
     * @param issuer who signs the requests; empty for the default
     * @param key what they are signed with; empty for the default
     */
    record Grip(boolean off, String prefix, Optional<String> issuer, Optional<TokenKey> key) {}

    /**
     * What is changed in a request.
     *
     * @param remove how many characters the path loses at its beginning
     * @param prepend what it is given instead; may be empty
     * @param asHost the host the request is made to be for; empty for the one it names
     * @param originalHeaders whether the backend is given every header as it came, under another name, besides
     * @param headers what is set in the request to the backend, in order
     */
    record Change(int remove, String prepend, Optional<String> asHost, boolean originalHeaders, List<Header> headers) {

        Change {
            headers = List.copyOf(headers);
        }
    }

    /**
     * A header to be set.
     *
     * @param name of which all others are taken away
     * @param value what it is then; empty for nothing, so that it is only taken away
     */
    record Header(String name, String value) {

        /** Without the value. */
        @Override
        public String toString() {
            return "Header[" + name + "]";
        }
    }

    /**
     * How a backend that is away is waited for.
     *
     * @param tryDuration from its arrival, how long a request may begin another attempt; zero: every target is tried once
     * @param tryInterval the pause between attempts
     * @param retries how many attempts may follow the first; {@link Integer#MAX_VALUE} for any number
     * @param maxWaiting how many requests may wait at a time
     * @param concurrency how many requests the address of a target is given at a time; 0 for any number
     * @param bodyBuffer how many bytes of a body are kept to be sent again
     * @param unsafe whether a request of any method may be sent again after a connection was made ({@code retry_unsafe})
     * @param policy which target is tried first
     */
    record Patience(
            Duration tryDuration,
            Duration tryInterval,
            int retries,
            int maxWaiting,
            int concurrency,
            int bodyBuffer,
            boolean unsafe,
            Policy policy) {}

    /** Which target is tried first: always that of the file, or each in its turn. */
    enum Policy {
        FIRST,
        ROUND_ROBIN
    }

    /**
     * What a request may take.
     *
     * @param connectTimeout until a connection is made
     * @param timeout from then until the head of the response is there
     * @param maxBody the longest body of a request, in bytes; 0 for any length
     */
    record Limits(Duration connectTimeout, Duration timeout, long maxBody) {}

    /**
     * What is asked of a backend to know whether it is there.
     *
     * @param path what is asked for
     * @param interval the pause between two questions
     */
    record Health(String path, Duration interval) {}

    /**
     * The path and query the backend is asked for, from those of the request: raw, the query untouched. A path that loses its slash
     * is given one.
     */
    String rewrite(String pathAndQuery) {
        return replaceBeginning(pathAndQuery, change.remove, change.prepend);
    }

    /** The path and query the built-in backend is asked for: where the route does not say how to change the path, what follows path_beg. */
    String rewriteForTest(String pathAndQuery) {
        if (change.remove > 0 || !change.prepend.isEmpty()) return rewrite(pathAndQuery);
        String begin = condition.pathBeg;
        return replaceBeginning(pathAndQuery, begin.length() - (begin.endsWith("/") ? 1 : 0), "");
    }

    private static String replaceBeginning(String pathAndQuery, int remove, String prepend) {
        int query = pathAndQuery.indexOf('?'), end = query < 0 ? pathAndQuery.length() : query;
        String changed = prepend + pathAndQuery.substring(Math.min(remove, end));
        return changed.startsWith("/") || changed.equals(pathAndQuery) ? changed : "/" + changed;
    }
}
