// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import java.util.List;
import java.util.Optional;

/**
 * A backend of a route.
 *
 * @param host its name or address, an IPv6 address without brackets; {@code test} for the built-in backend
 * @param port from 1 to 65535; 0 for the built-in backend
 * @param tls whether connections to it use TLS ({@code ssl})
 * @param insecure whether any certificate is accepted
 * @param untrusted whether it may not be at an address of this machine or of a private network
 * @param certified the host name that its certificate must have, also sent as {@code SNI}
 * @param hostHeader the {@code Host} header for it; empty to send the client's
 * @param subs channels that are added to those named by its instructions
 * @param test whether it is the built-in backend
 */
public record Target(
        String host,
        int port,
        boolean tls,
        boolean insecure,
        boolean untrusted,
        String certified,
        Optional<String> hostHeader,
        List<String> subs,
        boolean test) {

    public Target {
        subs = List.copyOf(subs);
    }

    /** Its address for messages: {@code host:port}, {@code [::1]:port} or {@code test}. */
    public String address() {
        if (test) return host;
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
