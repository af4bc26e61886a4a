// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The pages of other origins whose scripts may use the API (CORS).
 *
 * @param origins the origins, as browsers name them; {@code *} is any, which may only read what anyone may
 * @param credentials whether browsers may add the credentials that they keep for this server
 * @param exposed the response headers that scripts may read, separated by commas
 */
public record CrossOrigin(List<String> origins, boolean credentials, String exposed) {
    /** No page of another origin. */
    public static final CrossOrigin NONE = new CrossOrigin(List.of(), false, "");

    private static final String ANY = "*", SECONDS = "600";
    private static final String METHOD = "Access-Control-Request-Method", HEADERS = "Access-Control-Request-Headers";
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,2000}");

    /** Whether the origin is admitted by name. */
    boolean names(String origin) {
        return !origin.equals(ANY) && origins.contains(origin);
    }

    /** Adds the headers for the browser to the response. */
    void mark(HttpServletRequest request, HttpServletResponse response) {
        if (origins.isEmpty()) return;
        String origin = request.getHeader("Origin");
        boolean any = origins.contains(ANY);
        if (!any) response.addHeader("Vary", "Origin");
        if (origin == null || !(any || names(origin))) return;
        response.setHeader("Access-Control-Allow-Origin", any ? ANY : origin);
        if (credentials) response.setHeader("Access-Control-Allow-Credentials", "true");
        if (!exposed.isEmpty()) response.setHeader("Access-Control-Expose-Headers", exposed);
    }

    /** Whether a browser asks what it may send for a page of another origin, and pages of other origins are admitted. */
    boolean isPreflight(HttpServletRequest request) {
        return !origins.isEmpty()
                && request.getMethod().equals("OPTIONS")
                && request.getHeader("Origin") != null
                && request.getHeader(METHOD) != null;
    }

    /**
     * Adds to a marked response the headers that a browser asks for before it sends a request for a page of another origin. A page that is
     * not admitted by name is offered those methods only with which it may read.
     */
    void grant(HttpServletRequest request, HttpServletResponse response, String methods) {
        response.addHeader("Vary", METHOD + ", " + HEADERS);
        if (!response.containsHeader("Access-Control-Allow-Origin")) return;
        String origin = request.getHeader("Origin");
        boolean named = origin != null && names(origin);
        response.setHeader("Access-Control-Allow-Methods", named ? methods : reading(methods));
        response.setHeader("Access-Control-Max-Age", SECONDS);
        String headers = request.getHeader(HEADERS);
        if (headers != null && NAMES.matcher(headers).matches())
            response.setHeader("Access-Control-Allow-Headers", headers);
    }

    private static String reading(String methods) {
        return Arrays.stream(methods.split(", ", -1)).filter(READING::contains).collect(Collectors.joining(", "));
    }
}
