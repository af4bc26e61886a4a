// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import io.holdfast.access.token.TokenKey;
import io.holdfast.proxy.script.Jsonp;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A line of the routes file: the requests that it is for, their targets, and the treatment on the way. Lines with the same meaning are
 * equal, wherever they stand. So a route that a reload does not change stays the same.
 *
 * @param condition the requests that it is for
 * @param grip the options for GRIP
 * @param change the changes to a request on its way
 * @param jsonp how the requests of scripts are recognised, if {@code autoCrossOrigin} is set
 * @param autoCrossOrigin whether scripts of other sites may read responses ({@code aco})
 * @param debug whether failures show the client their reason
 * @param patience how long and how often a backend that is down is tried
 * @param limits the limits of a request
 * @param health the health check of the backends; empty if there is none
 * @param targets where the requests go, at least one, in the order of the file
 */
public record Route(
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

    public Route {
        targets = List.copyOf(targets);
    }

    /**
     * The requests that a route is for.
     *
     * @param domain the host without its port, in lower case; {@code *} for any host
     * @param pathBeg the beginning of the path; empty for any path
     * @param http whether the line says that it is for HTTP; such a line comes before the others
     * @param tls whether the client's connection must be encrypted, or must not be; empty for either
     */
    public record Condition(String domain, String pathBeg, boolean http, Optional<Boolean> tls) {

        /** Whether the condition holds for such a request of any host. */
        boolean matches(String path, boolean encrypted) {
            return path.startsWith(pathBeg) && tls.orElse(encrypted) == encrypted;
        }
    }

    /**
     * The options for GRIP.
     *
     * @param off whether GRIP is switched off ({@code no_grip})
     * @param prefix the prefix of every channel's name; may be empty
     * @param issuer the issuer of the signature of requests; empty for the default
     * @param key the key that signs requests; empty for the default
     */
    public record Grip(boolean off, String prefix, Optional<String> issuer, Optional<TokenKey> key) {}

    /**
     * The changes to a request.
     *
     * @param remove the number of characters to remove at the beginning of the path
     * @param prepend the text to put there instead; may be empty
     * @param asHost the host to set in the request; empty to keep the host that it names
     * @param originalHeaders whether the backend also gets every original header, under another name
     * @param headers the headers to set in the request to the backend, in order
     */
    public record Change(
            int remove, String prepend, Optional<String> asHost, boolean originalHeaders, List<Header> headers) {

        public Change {
            headers = List.copyOf(headers);
        }
    }

    /**
     * A header to be set.
     *
     * @param name the name; all other headers of this name are removed
     * @param value the new value; empty to only remove the header
     */
    public record Header(String name, String value) {

        /** Omits the value, which may be secret. */
        @Override
        public String toString() {
            return "Header[" + name + "]";
        }
    }

    /**
     * How requests wait for a backend that is down.
     *
     * @param tryDuration how long after its arrival a request may begin another attempt; zero to try every target once
     * @param tryInterval the pause between attempts
     * @param retries how many attempts may follow the first; {@link Integer#MAX_VALUE} for any number
     * @param maxWaiting the most requests that may wait at a time
     * @param concurrency the most requests at the address of a target at a time; 0 for any number
     * @param bodyBuffer the number of bytes of a body that are kept, so that they can be sent again
     * @param unsafe whether a request of any method may be sent again after a connection was made ({@code retry_unsafe})
     * @param policy the target that is tried first
     */
    public record Patience(
            Duration tryDuration,
            Duration tryInterval,
            int retries,
            int maxWaiting,
            int concurrency,
            int bodyBuffer,
            boolean unsafe,
            Policy policy) {}

    /** The target that is tried first: always the first of the file, or each in turn. */
    public enum Policy {
        FIRST,
        ROUND_ROBIN
    }

    /**
     * The limits of a request.
     *
     * @param connectTimeout the time to make a connection
     * @param timeout the time from then until the head of the response has come
     * @param maxBody the longest body of a request, in bytes; 0 for any length
     */
    public record Limits(Duration connectTimeout, Duration timeout, long maxBody) {}

    /**
     * The health check of a backend.
     *
     * @param path the path to request
     * @param interval the pause between two checks
     */
    public record Health(String path, Duration interval) {}

    /**
     * The path and query for the backend, made of those of the request. They are raw, and the query is unchanged. If the change removes
     * the slash at the beginning of the path, a slash is added.
     */
    public String rewrite(String pathAndQuery) {
        return replaceBeginning(pathAndQuery, change.remove, change.prepend);
    }

    /** The path and query for the built-in backend. If the route does not change the path, the part after path_beg is used. */
    public String rewriteForTest(String pathAndQuery) {
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
