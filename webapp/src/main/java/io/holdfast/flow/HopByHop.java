// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.core5.http.HttpResponse;

/** Headers that concern one connection only, and are not passed on. */
public final class HopByHop {
    /** The headers of RFC 9110, 7.6.1, and others that clients send in spite of it; in lower case. */
    private static final Set<String> ALWAYS = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    private HopByHop() {}

    /** The headers of a response, without those that concern one connection. */
    public static Headers without(HttpResponse response) {
        List<Header> all = new ArrayList<>();
        for (var field : response.getHeaders())
            all.add(new Header(field.getName(), field.getValue() == null ? "" : field.getValue()));
        Headers headers = new Headers(all);
        Set<String> removed = names(headers.all("Connection"));
        // The body was read in chunks, so its Content-Length has no meaning.
        if (headers.has("Transfer-Encoding")) removed.add("content-length");
        return headers.without(removed);
    }

    /**
     * The names of the headers that concern one connection, in lower case, including those named by these values of {@code Connection}.
     */
    public static Set<String> names(List<String> named) {
        Set<String> all = new HashSet<>(ALWAYS);
        for (String value : named)
            for (String name : value.split(",", -1)) all.add(name.strip().toLowerCase(Locale.ROOT));
        // Only an attacker would name these, so they are kept.
        all.removeAll(Set.of("host", "content-length", ""));
        all.removeIf(Header::isOnBehalf);
        return all;
    }
}
