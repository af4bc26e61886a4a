// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import java.util.List;
import java.util.Optional;

/**
 * A backend of a route.
 *
 * @param host its name or address, an IPv6 address without brackets; {@code test} for the built-in one
 * @param port from 1 to 65535; 0 for the built-in one
 * @param tls whether it is spoken to by TLS ({@code ssl})
 * @param insecure whether any certificate is good enough
 * @param untrusted whether it is outside: not to be reached at an address of this machine or of a private network
 * @param certified whose certificate it must show, and who it is told that it is ({@code SNI})
 * @param hostHeader what it is told as {@code Host}; empty for what the client said
 * @param subs the channels whoever it holds is subscribed to besides those it names
 * @param test whether it is the built-in backend
 */
record Target(
        String host,
        int port,
        boolean tls,
        boolean insecure,
        boolean untrusted,
        String certified,
        Optional<String> hostHeader,
        List<String> subs,
        boolean test) {

    Target {
        subs = List.copyOf(subs);
    }

    /** Where it is, as a message says it: {@code host:port}, {@code [::1]:port} or {@code test}. */
    String address() {
        if (test) return host;
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
