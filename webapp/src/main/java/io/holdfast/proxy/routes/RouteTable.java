// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The routes of one reading of the file. */
public final class RouteTable {
    private static final Comparator<Route.Condition> PRECEDENCE = Comparator.comparing(Route.Condition::http)
            .thenComparing(condition -> condition.pathBeg().length())
            .thenComparing(condition -> condition.tls().isPresent())
            .reversed();

    private static final String SLASH = "[/\\\\]|%2f|%5c";
    private static final Pattern DOTS =
            Pattern.compile("(?:^|" + SLASH + ")(?:\\.|%2e){1,2}(?=$|;|" + SLASH + ")", Pattern.CASE_INSENSITIVE);

    /** A byte of visible ASCII. */
    private static final Pattern ENCODED = Pattern.compile("%([2-6][0-9a-fA-F]|7[0-9a-eA-E])");

    private static final Pattern PARAMETERS = Pattern.compile(";[^/\\\\]*"), SLASHES = Pattern.compile("[/\\\\]+");

    /** A table without routes. */
    static final RouteTable EMPTY = new RouteTable(List.of());

    private final List<Route> routes;
    private final Map<String, List<Route>> byDomain;

    /** A table of these routes, in the order of the file. */
    RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
        byDomain = this.routes.stream()
                .sorted(Comparator.comparing(Route::condition, PRECEDENCE))
                .collect(Collectors.groupingBy(route -> route.condition().domain()));
    }

    /** All routes, in the order of the file. */
    public List<Route> routes() {
        return routes;
    }

    /**
     * The route of a request. The lines for its host are considered, or, if there are none, the lines for {@code *}. A line that
     * says that it is for HTTP comes first. Next, the line with the longest path wins, and then a line that says whether the
     * connection is encrypted.
     *
     * @param host the host in the request, with or without a port, in upper or lower case
     * @param path the raw path after the context path; a query is ignored
     * @param tls whether the client's connection is encrypted
     */
    public Optional<Route> find(String host, String path, boolean tls) {
        return candidates(host).stream()
                .filter(route -> route.condition().matches(path, tls))
                .findFirst();
    }

    /**
     * Whether a backend may take the path for another one than the route was found by. It may do so if the path has a segment
     * {@code .} or {@code ..}, also encoded, with parameters, or set off by a backslash or an encoded slash. It may also do so if another
     * route is for the path without its parameters, encodings and doubled slashes. That matters where a route of this host depends on
     * the path.
     */
    public boolean isAmbiguous(String host, String path, boolean tls) {
        if (candidates(host).stream().noneMatch(RouteTable::dependsOnPath)) return false;
        return DOTS.matcher(path).find() || !find(host, plain(path), tls).equals(find(host, path, tls));
    }

    /** The path as many backends take it. */
    private static String plain(String path) {
        String decoded = ENCODED.matcher(path)
                .replaceAll(
                        found -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(found.group(1), 16))));
        return SLASHES.matcher(PARAMETERS.matcher(decoded).replaceAll("")).replaceAll("/");
    }

    private static boolean dependsOnPath(Route route) {
        return !route.condition().pathBeg().isEmpty() || route.change().remove() > 0;
    }

    private List<Route> candidates(String host) {
        List<Route> ofHost = byDomain.get(name(host));
        return ofHost != null ? ofHost : byDomain.getOrDefault("*", List.of());
    }

    private static String name(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("[")) return name.substring(1, Math.max(1, name.indexOf(']')));
        // An IPv6 address may come without brackets. It has no port then.
        int colon = name.indexOf(':');
        return colon < 0 || colon != name.lastIndexOf(':') ? name : name.substring(0, colon);
    }
}
