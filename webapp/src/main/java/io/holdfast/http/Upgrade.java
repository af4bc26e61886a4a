// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.function.Consumer;

/** The request for another protocol on its connection (RFC 9110, section 7.8), and how a server is made to grant it. */
final class Upgrade {
    private static final String UPGRADE = "Upgrade", CONNECTION = "Connection", HTTP = "HTTP/1.1";

    /**
     * Where the connection comes from and goes to, and whom it is given to.
     *
     * @param remote the peer's address
     * @param local ours
     * @param user runs once, when the server gives the connection away
     */
    record Terms(SocketAddress remote, SocketAddress local, Consumer<Upgraded> user) {}

    /** One kind of server's way to give a connection away. */
    interface Granted extends HttpUpgradeHandler {
        /** Before the server calls anything else. */
        void on(Terms terms);
    }

    private Upgrade() {}

    /** Refuses what does not ask for this protocol, or cannot have it. */
    static void check(HttpServletRequest request, String protocol) {
        if (!request.getProtocol().equals(HTTP))
            throw new Refusal(
                    Problem.badValue("version", HTTP + ", to be upgraded to " + protocol, request.getProtocol()));
        if (!names(request, UPGRADE, protocol) || !names(request, CONNECTION, UPGRADE)) throw required(protocol);
        if (!Body.isMissing(request))
            throw new Refusal(
                    Problem.of(400, "body must be empty, to upgrade the connection.")
                            .and("field", "body")
                            .and("rule", "empty")
                            .and("value", "a body"),
                    Headers.of(CONNECTION, "close"));
    }

    private static Refusal required(String protocol) {
        String rule = protocol + ", and Connection: " + UPGRADE;
        return new Refusal(
                Problem.of(426, "This is for " + protocol + " only: send Upgrade: " + rule + ".")
                        .and("field", UPGRADE)
                        .and("rule", rule)
                        .and("value", ""),
                // With such a header, Payara does not say how long the answer is.
                Headers.of(UPGRADE, protocol, CONNECTION, "close"));
    }

    private static boolean names(HttpServletRequest request, String header, String token) {
        return Collections.list(request.getHeaders(header)).stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .anyMatch(value -> value.strip().equalsIgnoreCase(token));
    }

    /** Answers 101 and gives the connection to the user. */
    static void grant(
            HttpServletRequest request, HttpServletResponse response, String protocol, Consumer<Upgraded> user)
            throws IOException {
        Granted granted;
        try {
            granted = request.upgrade(kind(request));
        } catch (ServletException notImplemented) {
            throw new Refusal(
                    Problem.of(501, "This server cannot upgrade connections."), Headers.of(CONNECTION, "close"));
        }
        granted.on(new Terms(
                InetSocketAddress.createUnresolved(request.getRemoteAddr(), request.getRemotePort()),
                InetSocketAddress.createUnresolved(request.getLocalAddr(), request.getLocalPort()),
                user));
        response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
        response.setHeader(UPGRADE, protocol);
        response.setHeader(CONNECTION, UPGRADE);
        // Payara would send it with the first byte of the other protocol.
        response.flushBuffer();
    }

    /** On Tomcat, a class that no other server can load. */
    private static Class<? extends Granted> kind(HttpServletRequest request) {
        return ServerKind.of(request) == ServerKind.TOMCAT ? TomcatUpgrade.class : ServletUpgrade.class;
    }
}
