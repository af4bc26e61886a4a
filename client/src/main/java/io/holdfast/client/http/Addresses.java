// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The base addresses of a cluster's members, of which one is in use until it fails. Each activity has a copy with its own place. A new
 * copy begins where the others have found a member that works.
 */
public final class Addresses {
    private static final String WORKER_PORT = "tcp";
    private static final String HTTP_RULE = "must be http://HOST or https://HOST, with a port and a path if need be";

    private final List<String> bases;
    private final AtomicInteger first; // shared by the copies
    private int current;

    private Addresses(List<String> bases, AtomicInteger first) {
        this.bases = bases;
        this.first = first;
        this.current = first.get();
    }

    /**
     * Checks each address.
     *
     * @throws IllegalArgumentException if one is wrong; the message says which one and why
     */
    public static Addresses of(Collection<URI> uris) {
        if (uris.isEmpty()) throw new IllegalArgumentException("At least one address is needed.");
        List<String> bases = new ArrayList<>();
        for (URI uri : uris) bases.add(checked(uri).replaceFirst("/+$", ""));
        if (uris.stream().map(Addresses::isWorkerPort).distinct().count() > 1)
            throw new IllegalArgumentException("Either all addresses are worker ports, tcp://HOST:PORT, or none is.");
        return new Addresses(List.copyOf(bases), new AtomicInteger());
    }

    public static boolean isWorkerPort(URI uri) {
        return WORKER_PORT.equalsIgnoreCase(uri.getScheme());
    }

    /** Checks the address of an application, which must be {@code http} or {@code https}. */
    public static URI checkApplication(URI uri) {
        if (isWorkerPort(uri)) throw refused(uri, HTTP_RULE);
        return URI.create(checked(uri));
    }

    private static String checked(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (isWorkerPort(uri)) {
            if (uri.getHost() == null || uri.getPort() < 0 || !uri.getRawPath().matches("/?"))
                throw refused(uri, "of a worker port must be tcp://HOST:PORT");
        } else if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null)
            throw refused(uri, HTTP_RULE);
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

    /** Whether these are the addresses of worker ports. */
    public boolean areWorkerPorts() {
        return isWorkerPort(URI.create(bases.get(0)));
    }

    /** The same addresses for one of several threads, which begin at different addresses. */
    public Addresses spread(int number) {
        return new Addresses(bases, new AtomicInteger(number % bases.size()));
    }

    /**
     * The same addresses for another activity, which asks by HTTP.
     *
     * @throws IllegalArgumentException if these are worker ports
     */
    public Addresses copy() {
        if (areWorkerPorts())
            throw new IllegalArgumentException("The worker port " + bases.get(0) + " serves workers only.");
        return new Addresses(bases, first);
    }

    /** Moves to the next address, and leaves the one in use to the last. */
    public void advance() {
        int left = current;
        current = (left + 1) % bases.size();
        // Race: two copies leave the same address. The first one moves the common start; the second leaves it there.
        first.compareAndSet(left, current);
    }

    /** The address in use. */
    public URI current() {
        return URI.create(bases.get(current));
    }

    /** The path at the address in use, with the parameters in the order of the map. */
    public URI at(String path, Map<String, String> parameters) {
        StringBuilder uri = new StringBuilder(bases.get(current)).append(path);
        char separator = '?';
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            uri.append(separator).append(parameter.getKey()).append('=');
            uri.append(URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8));
            separator = '&';
        }
        return URI.create(uri.toString());
    }

    /** Whether both have the same scheme, host and port. */
    static boolean isSameOrigin(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && one.getHost().equalsIgnoreCase(other.getHost())
                && port(one) == port(other);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) return uri.getPort();
        return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }
}
