// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The table of paths, relative to the context path. A segment {@code {name}} stands for one name,
 * {@code {names,}} for several that are separated by commas; a final slash may be left out
 * by the client.
 */
public final class Routes {
    static final String SEVERAL = ",";
    static final int MOST_NAMES = 32;

    private final List<Route> routes = new ArrayList<>();
    private @Nullable Handler otherwise;

    /** Adds a path with its handlers by method, and all query parameters of them. A {@code GET} also serves {@code HEAD}. */
    public Routes add(String path, Map<String, Handler> handlers, String... parameters) {
        routes.add(new Route(segments(path), Map.copyOf(handlers), List.of(parameters), null));
        return this;
    }

    /** Adds all paths beneath this one, with a handler for any method and any body. */
    public Routes beneath(String path, Handler handler) {
        routes.add(new Route(segments(path), Map.of(), List.of(), handler));
        return this;
    }

    /** Names the handler of all requests that have no path here, of any method and with any body. */
    public Routes otherwise(Handler handler) {
        otherwise = handler;
        return this;
    }

    @Nullable
    Handler otherwise() {
        return otherwise;
    }

    /** The route of these decoded segments, or null. */
    @Nullable
    Match find(List<String> segments) {
        for (Route route : routes) {
            Map<String, String> names = route.match(segments);
            if (names != null) return new Match(route, names);
        }
        return null;
    }

    /** A path without its slashes at both ends; empty segments within it stay, and match no route. */
    static List<String> segments(String path) {
        String inner = path.startsWith("/") ? path.substring(1) : path;
        if (inner.endsWith("/")) inner = inner.substring(0, inner.length() - 1);
        return List.of(inner.split("/", -1));
    }

    static List<String> names(String value) {
        return List.of(value.split(SEVERAL, -1));
    }

    /** The field of a problem with this segment. */
    static String field(String segment) {
        return segment.endsWith(SEVERAL) ? segment.substring(0, segment.length() - 1) : segment;
    }

    record Match(Route route, Map<String, String> names) {}

    /**
     * One path.
     *
     * @param parameters the names of the query parameters that mean something here
     * @param beneath the handler of all paths beneath it; null if it is this path only
     */
    record Route(
            List<String> template,
            Map<String, Handler> handlers,
            List<String> parameters,
            @Nullable Handler beneath) {

        @Nullable
        Map<String, String> match(List<String> segments) {
            if (beneath == null ? segments.size() != template.size() : segments.size() < template.size()) return null;
            Map<String, String> names = new LinkedHashMap<>();
            for (int i = 0; i < template.size(); i++) {
                String wanted = template.get(i), found = segments.get(i);
                if (wanted.startsWith("{")) names.put(wanted.substring(1, wanted.length() - 1), found);
                else if (!wanted.equals(found)) return null;
            }
            return names;
        }

        @Nullable
        Handler handler(String method) {
            return handlers.get(method.equals("HEAD") ? "GET" : method);
        }

        String allow() {
            Set<String> methods = new LinkedHashSet<>();
            if (handlers.containsKey("GET")) methods.addAll(List.of("GET", "HEAD"));
            handlers.keySet().stream().sorted().forEach(methods::add);
            methods.add("OPTIONS");
            return String.join(", ", methods);
        }
    }
}
