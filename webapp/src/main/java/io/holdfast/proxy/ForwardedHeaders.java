// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.flow.HopByHop;
import io.holdfast.grip.instruct.GripHeaders;
import io.holdfast.http.RequestHead;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import io.holdfast.proxy.routes.Route;
import io.holdfast.proxy.routes.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hc.core5.http.message.BasicHttpRequest;

/** The rules for headers. Headers of one connection are removed; headers that name the client are extended. */
final class ForwardedHeaders {
    private static final String ORIGINAL = "eb9bf0f5-",
            VIA = "Via",
            LOOP = "CDN-Loop",
            CODINGS = "Accept-Encoding",
            HOST = "X-Forwarded-Host";
    private static final Set<String> SET_ANEW = Set.of("host", "content-length", "expect", "via");

    private final String pseudonym;

    /**
     * The rules of one process.
     *
     * @param pseudonym its unique name in {@code Via} and {@code CDN-Loop}
     */
    ForwardedHeaders(String pseudonym) {
        this.pseudonym = pseudonym;
    }

    /** Whether the request has passed this proxy before. */
    boolean isLoop(RequestHead head) {
        return entries(head, VIA).anyMatch(entry -> entry.endsWith(" " + pseudonym))
                || entries(head, LOOP)
                        .anyMatch(entry -> entry.split(";", 2)[0].strip().equals(pseudonym));
    }

    private static Stream<String> entries(RequestHead head, String name) {
        return head.headers().all(name).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(String::strip);
    }

    /**
     * The request to the backend.
     *
     * @param upstream whether the request comes from a proxy that follows instructions itself and has set the GRIP headers
     */
    BasicHttpRequest request(RequestHead head, Route route, Target target, boolean upstream, Headers more) {
        BasicHttpRequest request = new BasicHttpRequest(head.method(), "/");
        request.setPath(route.rewrite(head.path()));
        String asked = route.change().asHost().or(() -> head.header("Host")).orElse(target.address());
        request.addHeader("Host", target.hostHeader().orElse(asked));
        Set<String> left = HopByHop.names(head.headers().all("Connection"));
        Headers all = head.forwarded();
        for (Header header : all)
            if (passes(header.name(), left, route, upstream)) request.addHeader(header.name(), header.value());
        if (route.change().originalHeaders())
            head.headers().forEach(header -> request.addHeader(ORIGINAL + header.name(), header.value()));
        if (!all.has(HOST)) request.addHeader(HOST, asked);
        List<String> via = head.headers().all(VIA);
        via.add("1.1 " + pseudonym);
        request.addHeader(VIA, String.join(", ", via));
        // The proxy reads an instruction, and continues a stream, so neither may be compressed.
        if (isPlain(route, upstream)) request.addHeader(CODINGS, "identity");
        frame(head, request);
        more.forEach(header -> request.addHeader(header.name(), header.value()));
        for (Route.Header header : route.change().headers()) {
            request.removeHeaders(header.name());
            if (!header.value().isEmpty()) request.addHeader(header.name(), header.value());
        }
        // A route may remove Via, but not CDN-Loop (RFC 8586).
        request.addHeader(LOOP, pseudonym);
        return request;
    }

    private static boolean passes(String name, Set<String> ofTheConnection, Route route, boolean upstream) {
        if (Header.imitates(name, meant -> isOurs(meant, ofTheConnection, route))) return false;
        String lower = name.toLowerCase(Locale.ROOT);
        if (ofTheConnection.contains(lower) || SET_ANEW.contains(lower)) return false;
        if (GripHeaders.isGrip(name)) return upstream;
        return !isPlain(route, upstream) || !lower.equals(CODINGS.toLowerCase(Locale.ROOT));
    }

    private static boolean isPlain(Route route, boolean upstream) {
        return !upstream && !route.grip().off();
    }

    private static boolean isOurs(String name, Set<String> ofTheConnection, Route route) {
        return ofTheConnection.contains(name)
                || SET_ANEW.contains(name)
                || GripHeaders.isGrip(name)
                || LOOP.equalsIgnoreCase(name)
                || CODINGS.equalsIgnoreCase(name)
                || route.change().headers().stream()
                        .anyMatch(header -> header.name().equalsIgnoreCase(name));
    }

    private static void frame(RequestHead head, BasicHttpRequest request) {
        if (head.length() >= 0) request.addHeader("Content-Length", Long.toString(head.length()));
        else if (head.hasBody()) request.addHeader("Transfer-Encoding", "chunked");
    }
}
