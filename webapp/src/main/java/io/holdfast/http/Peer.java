// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.Headers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sender of a request: a client, or a proxy in front of Holdfast.
 *
 * @param address its address, as the server gives it
 * @param tls whether the client's connection is encrypted: this one, or the one that a trusted proxy speaks of
 * @param trusted whether it is a proxy that may speak for its clients
 */
public record Peer(String address, boolean tls, boolean trusted) {
    /** A client of a Unix socket has no address (RFC 7239, 6.2). */
    private static final String UNKNOWN = "unknown";

    private static final Pattern PROTO = Pattern.compile("(?:^|[;,\\s])proto=\"?([a-z]+)", Pattern.CASE_INSENSITIVE);

    /** The sender of a request with these headers, on a connection that is encrypted or not. */
    static Peer of(@Nullable String address, boolean tls, boolean trusted, Headers headers) {
        return new Peer(
                address == null ? UNKNOWN : bare(address), trusted ? isSaidToBeTls(headers, tls) : tls, trusted);
    }

    /** The scheme of the client's URL. */
    String scheme() {
        return tls ? "https" : "http";
    }

    /** Jetty puts IPv6 addresses in brackets. */
    private static String bare(String address) {
        return address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
    }

    private static boolean isSaidToBeTls(Headers headers, boolean otherwise) {
        String proto = headers.first("X-Forwarded-Proto")
                .map(value -> value.split(",", 2)[0].strip())
                .orElse("");
        if (proto.isEmpty()) proto = lastProto(headers);
        return proto.isEmpty() ? otherwise : proto.equalsIgnoreCase("https") || proto.equalsIgnoreCase("wss");
    }

    /** The last one is of the trusted proxy itself, and those before may be of anybody. */
    static String lastProto(Headers headers) {
        Matcher proto = PROTO.matcher(String.join(",", headers.all("Forwarded")));
        String last = "";
        while (proto.find()) last = proto.group(1);
        return last;
    }
}
