// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A request without its body, as it was received: a copy that outlives the request.
 *
 * @param method the method
 * @param path the path after the context path, raw, with the query
 * @param headers in order, those of one name together
 * @param hasBody whether a body follows
 * @param length of the body, in bytes; -1 if it is not declared
 * @param peer the sender
 */
public record RequestHead(String method, String path, Headers headers, boolean hasBody, long length, Peer peer) {

    private static final String FOR = "X-Forwarded-For", PROTO = "X-Forwarded-Proto", FORWARDED = "Forwarded";

    static RequestHead of(HttpServletRequest request, Setup setup) {
        RequestTarget target = RequestTarget.of(request);
        String path = target.path().substring(request.getContextPath().length());
        List<Header> headers = new ArrayList<>();
        boolean upgrade = Upgrade.isAsked(request);
        for (String name : Collections.list(request.getHeaderNames()))
            // It is to be ignored then (RFC 9110, 7.8).
            if (upgrade || !name.equalsIgnoreCase(Upgrade.HEADER))
                for (String value : Collections.list(request.getHeaders(name))) headers.add(new Header(name, value));
        Headers all = new Headers(headers);
        return new RequestHead(
                request.getMethod(),
                (path.isEmpty() ? "/" : path) + (target.query() == null ? "" : "?" + target.query()),
                all,
                !Body.isMissing(request),
                request.getContentLengthLong(),
                Peer.of(request.getRemoteAddr(), request.isSecure(), setup.trusts(request), all));
    }

    /** The headers without those that speak for others, unless the sender may use them. */
    public Headers heard() {
        return TrustedProxies.heard(headers, peer.trusted());
    }

    /** The {@linkplain #heard headers} for a server behind this one, which learns from them who this sender is. */
    public Headers forwarded() {
        Headers heard = heard();
        Headers all = heard.with(FOR, extended(heard.all(FOR), peer.address()));
        if (!all.has(PROTO)) all = all.and(PROTO, peer.scheme());
        return heard.has(FORWARDED) ? all.with(FORWARDED, extended(heard.all(FORWARDED), element(heard))) : all;
    }

    private static String extended(List<String> values, String last) {
        return Stream.concat(values.stream().filter(value -> !value.isBlank()), Stream.of(last))
                .collect(Collectors.joining(", "));
    }

    /** Some programs take the last protocol for that of the client, so there is only one. */
    private String element(Headers heard) {
        String address = peer.address().indexOf(':') < 0 ? peer.address() : "\"[" + peer.address() + "]\"";
        return "for=" + address + (Peer.lastProto(heard).isEmpty() ? ";proto=" + peer.scheme() : "");
    }

    /** The first header of this name. */
    public Optional<String> header(String name) {
        return headers.first(name);
    }
}
