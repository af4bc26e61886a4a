// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The routes of one reading of the file. */
final class RouteTable {
    private static final Comparator<Route.Condition> PRECEDENCE = Comparator.comparing(Route.Condition::http)
            .thenComparing(condition -> condition.pathBeg().length())
            .thenComparing(condition -> condition.tls().isPresent())
            .reversed();

    /** Without any route. */
    static final RouteTable EMPTY = new RouteTable(List.of());

    private final List<Route> routes;
    private final Map<String, List<Route>> byDomain;

    /** A table of these, in the order of the file. */
    RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
        byDomain = this.routes.stream()
                .sorted(Comparator.comparing(Route::condition, PRECEDENCE))
                .collect(Collectors.groupingBy(route -> route.condition().domain()));
    }

    /** All of them, in the order of the file. */
    List<Route> routes() {
        return routes;
    }

    /**
     * The route of a request: of its host if there is any line for that, or else of {@code *}; among these one that says it is for
     * HTTP before one that does not, then the one with the longest path, then one that says whether the connection is encrypted.
     *
     * @param host as the request names it, with or without port, in any case
     * @param path what stands after the context path, raw; a query does no harm
     * @param tls whether the client's connection is encrypted
     */
    Optional<Route> find(String host, String path, boolean tls) {
        List<Route> ofHost = byDomain.get(name(host));
        List<Route> candidates = ofHost != null ? ofHost : byDomain.getOrDefault("*", List.of());
        return candidates.stream()
                .filter(route -> route.condition().matches(path, tls))
                .findFirst();
    }

    private static String name(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("[")) return name.substring(1, Math.max(1, name.indexOf(']')));
        // An IPv6 address may come without brackets, and has no port then.
        int colon = name.indexOf(':');
        return colon < 0 || colon != name.lastIndexOf(':') ? name : name.substring(0, colon);
    }
}
