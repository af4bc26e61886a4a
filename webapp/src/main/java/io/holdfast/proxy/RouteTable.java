// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The routes of one reading of the file. */
final class RouteTable {
    /** Without any route. */
    static final RouteTable EMPTY = new RouteTable(List.of());

    private final List<Route> routes;

    RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    /** All of them, in the order of the file. */
    List<Route> routes() {
        return routes;
    }

    /**
     * The route of a request.
     *
     * @param host as the request names it, with or without port, in any case
     * @param path what stands after the context path, raw; a query does no harm
     * @param tls whether the client's connection is encrypted
     */
    Optional<Route> find(String host, String path, boolean tls) {
        String name = host.toLowerCase(Locale.ROOT);
        return Optional.empty();
    }

    /** The route with this id. */
    Optional<Route> byId(String id) {
        return routes.stream().filter(route -> route.condition().id().equals(id)).findFirst();
    }
}
