// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The headers that let scripts of any origin read a response. What the backend has set is kept. */
final class Cors {
    private static final Set<String> SIMPLE = Headers.ignoringCase(List.of(
            "Cache-Control",
            "Content-Language",
            "Content-Length",
            "Content-Type",
            "Expires",
            "Last-Modified",
            "Pragma"));
    private static final String METHODS = "OPTIONS, HEAD, GET, POST, PUT, DELETE";

    private Cors() {}

    /** The headers of the response with those that are missing. */
    static List<Map.Entry<String, String>> added(
            List<Map.Entry<String, String>> request, List<Map.Entry<String, String>> response) {
        List<Map.Entry<String, String>> headers = new ArrayList<>(response);
        add(headers, "Access-Control-Allow-Methods", asked(request, "Access-Control-Request-Method", METHODS));
        add(headers, "Access-Control-Allow-Headers", askedHeaders(request));
        add(headers, "Access-Control-Expose-Headers", exposed(response));
        add(headers, "Access-Control-Allow-Credentials", "true");
        add(headers, "Access-Control-Allow-Origin", asked(request, "Origin", "*"));
        add(headers, "Access-Control-Max-Age", "3600");
        return List.copyOf(headers);
    }

    private static void add(List<Map.Entry<String, String>> headers, String name, String value) {
        if (!value.isEmpty() && !Headers.has(headers, name)) headers.add(Headers.line(name, value));
    }

    private static String asked(List<Map.Entry<String, String>> request, String name, String otherwise) {
        String value = Headers.first(request, name);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    private static String askedHeaders(List<Map.Entry<String, String>> request) {
        return String.join(
                ", ",
                HeaderParameters.list(request, "Access-Control-Request-Headers").stream()
                        .filter(name -> !name.isEmpty())
                        .toList());
    }

    private static String exposed(List<Map.Entry<String, String>> response) {
        Set<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        return String.join(
                ", ",
                response.stream()
                        .map(Map.Entry::getKey)
                        .filter(name -> !SIMPLE.contains(name) && !Headers.isGrip(name) && !isOfAccess(name))
                        .filter(seen::add)
                        .toList());
    }

    private static boolean isOfAccess(String name) {
        String access = "Access-Control-";
        return name.regionMatches(true, 0, access, 0, access.length());
    }
}
