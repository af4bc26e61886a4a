// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.http.RequestHead;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import io.holdfast.proxy.routes.Route;
import io.holdfast.proxy.routes.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The paths of a backend as its clients know them. A route may replace the beginning of a path on its way to the backend, and the
 * application's own context path is never sent. Places and cookies in responses are changed back.
 */
final class PublicPaths {
    private static final Pattern PLACE = Pattern.compile("((?:https?:)?//([^/?#]*))?(/.*)", Pattern.CASE_INSENSITIVE);
    private static final Pattern COOKIE_PATH =
            Pattern.compile("(;\\s*path\\s*=\\s*\"?)(/[^;\"\\s]*)", Pattern.CASE_INSENSITIVE);
    /** A cookie whose name begins so must be for every path. */
    private static final String FOR_ALL = "__Host-";

    private final String shown, hidden;
    private final List<String> clientsNames = new ArrayList<>(), backendsNames = new ArrayList<>();

    /**
     * The paths of one request.
     *
     * @param context the context path of the application; empty if there is none
     */
    PublicPaths(String context, Route route, RequestHead head) {
        Route.Change change = route.change();
        String begin = route.condition().pathBeg();
        // If the route removes more than it compares, the removed rest differs from request to request.
        boolean isKnown = change.remove() <= begin.length();
        shown = context + (isKnown ? begin.substring(0, change.remove()) : "");
        hidden = isKnown ? change.prepend() : "";
        head.header("Host").ifPresent(clientsNames::add);
        head.heard()
                .first("X-Forwarded-Host")
                .map(names -> names.split(",", 2)[0].strip())
                .ifPresent(clientsNames::add);
        change.asHost().ifPresent(backendsNames::add);
        for (Target target : route.targets()) {
            backendsNames.add(target.address());
            target.hostHeader().ifPresent(backendsNames::add);
        }
    }

    /** The headers of a response for its client. */
    Headers shown(Headers headers) {
        if (shown.equals(hidden)) return headers;
        return new Headers(headers.list().stream().map(this::shown).toList());
    }

    private Header shown(Header header) {
        if (header.is("Location") || header.is("Content-Location"))
            return new Header(header.name(), place(header.value()));
        return header.is("Set-Cookie") ? new Header(header.name(), cookie(header.value())) : header;
    }

    private String place(String value) {
        Matcher place = PLACE.matcher(value);
        if (!place.matches()) return value;
        String name = place.group(2), path = path(place.group(3));
        // A name without a path after it is not a path.
        if (name == null) return value.startsWith("//") ? value : path;
        if (has(clientsNames, name)) return place.group(1) + path;
        // The client may not even reach the backend by its own name.
        return has(backendsNames, name) ? path : value;
    }

    private static boolean has(List<String> names, String name) {
        return names.stream().anyMatch(name::equalsIgnoreCase);
    }

    private String cookie(String value) {
        if (value.startsWith(FOR_ALL)) return value;
        return COOKIE_PATH.matcher(value).replaceAll(found -> {
            String path = found.group(2);
            boolean isWhole = hidden.equals(path + "/") && shown.endsWith("/");
            String changed = isWhole ? shown.substring(0, shown.length() - 1) : path(path);
            return Matcher.quoteReplacement(found.group(1) + changed);
        });
    }

    /** Whether these are the first whole segments of the path. */
    private static boolean beginsWith(String path, String segments) {
        if (!path.startsWith(segments)) return false;
        int end = segments.length();
        return segments.endsWith("/") || path.length() == end || "/?#".indexOf(path.charAt(end)) >= 0;
    }

    /** A path that a client can already use stays: programs that know their public paths need no help. */
    private String path(String path) {
        boolean isPublic = !shown.isEmpty() && beginsWith(path, shown) && shown.length() > hidden.length();
        if (isPublic || !path.startsWith(hidden)) return path;
        String rest = path.substring(hidden.length());
        if (shown.endsWith("/") && rest.startsWith("/")) rest = rest.substring(1);
        String changed = shown + rest;
        // Two slashes would begin the name of a host.
        return changed.startsWith("/") && !changed.startsWith("//") ? changed : path;
    }
}
