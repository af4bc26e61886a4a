// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * The base addresses of a cluster's members, in turn: the one in use, until it fails. Each follower and publication has its own turn, and
 * begins where the others have found a member that works.
 */
final class Addresses {
    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._~-]{1,128}");
    private static final int MOST_CHANNELS = 32;

    private static final String PORT = "tcp";

    private final List<String> bases;
    private final AtomicInteger first;
    private int current;

    private Addresses(List<String> bases, AtomicInteger first) {
        this.bases = bases;
        this.first = first;
        this.current = first.get();
    }

    /** Checks each of them; the message of what it throws says which one is wrong and why. */
    static Addresses of(Collection<URI> uris) {
        if (uris.isEmpty()) throw new IllegalArgumentException("At least one address is needed.");
        List<String> bases = new ArrayList<>();
        for (URI uri : uris) bases.add(checked(uri).replaceFirst("/+$", ""));
        if (uris.stream().map(Addresses::isPort).distinct().count() > 1)
            throw new IllegalArgumentException("Addresses are all of worker ports, tcp://HOST:PORT, or none is.");
        return new Addresses(List.copyOf(bases), new AtomicInteger());
    }

    /** Whether it is that of a worker port. */
    static boolean isPort(URI uri) {
        return PORT.equalsIgnoreCase(uri.getScheme());
    }

    /** Checks the address of an application. */
    static URI checkApplication(URI uri) {
        if (isPort(uri)) throw refused(uri, "must be http://HOST or https://HOST, with a port and a path if need be");
        return URI.create(checked(uri));
    }

    private static String checked(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (isPort(uri)) {
            if (uri.getHost() == null || uri.getPort() < 0 || !uri.getRawPath().matches("/?"))
                throw refused(uri, "of a worker port must be tcp://HOST:PORT");
        } else if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null)
            throw refused(uri, "must be http://HOST or https://HOST, with a port and a path if need be");
        if (uri.getRawUserInfo() != null) throw refused(uri, "must not contain a name or password");
        if (uri.getRawQuery() != null || uri.getRawFragment() != null)
            throw refused(uri, "must not have a query or fragment");
        return uri.toString();
    }

    private static IllegalArgumentException refused(URI uri, String rule) {
        return new IllegalArgumentException("An address " + rule + ", not " + withoutUser(uri) + ".");
    }

    private static String withoutUser(URI uri) {
        String user = uri.getRawUserInfo();
        return user == null ? uri.toString() : uri.toString().replace(user + "@", "...@");
    }

    /** Whether they are those of worker ports. */
    boolean arePorts() {
        return isPort(URI.create(bases.get(0)));
    }

    /** The same addresses for one of several who are spread over them. */
    Addresses spread(int number) {
        return new Addresses(bases, new AtomicInteger(number % bases.size()));
    }

    /** The same addresses for somebody else, who asks by HTTP. */
    Addresses fresh() {
        if (arePorts()) throw new IllegalArgumentException("At " + bases.get(0) + " there is nothing but work.");
        return new Addresses(bases, first);
    }

    /** Leaves the one in use to the last. */
    void next() {
        int left = current;
        current = (left + 1) % bases.size();
        // Whoever leaves an address that others have left already does not lead them back.
        first.compareAndSet(left, current);
    }

    URI current() {
        return URI.create(bases.get(current));
    }

    /** The events of these channels, at the address in use. */
    URI events(List<String> channels, Map<String, String> parameters) {
        return at("/channels/" + String.join(",", channels) + "/events", parameters);
    }

    /** The path at the address in use; parameters in the order of the map. */
    URI at(String path, Map<String, String> parameters) {
        StringBuilder uri = new StringBuilder(bases.get(current)).append(path);
        char separator = '?';
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            uri.append(separator).append(parameter.getKey()).append('=');
            uri.append(URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8));
            separator = '&';
        }
        return URI.create(uri.toString());
    }

    /** Checks the names of channels. */
    static List<String> channels(List<String> names) {
        if (names.isEmpty() || names.size() > MOST_CHANNELS)
            throw new IllegalArgumentException(
                    "1 to " + MOST_CHANNELS + " channels are needed, not " + names.size() + ".");
        for (String name : names) check("channel", name);
        return List.copyOf(names);
    }

    /** Checks the name of something. */
    static void check(String what, String name) {
        if (!isName(name))
            throw new IllegalArgumentException("The name of a " + what + " must be 1 to 128 characters of"
                    + " A-Z a-z 0-9 . _ ~ -, and not . or .., not '" + Printable.cut(name) + "'.");
    }

    /** Whether it can stand in a path as it is. */
    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Whether both have the same scheme, host and port. */
    static boolean sameOrigin(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && one.getHost().equalsIgnoreCase(other.getHost())
                && port(one) == port(other);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) return uri.getPort();
        return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }
}
