// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.http.server.Server;
import io.holdfast.http.server.UpgradeHandler;
import io.holdfast.http.server.Upgraded;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.function.Consumer;

/** The request for another protocol on its connection (RFC 9110, section 7.8): checked, and granted by the server. */
final class Upgrade {
    /** The header that names other protocols. */
    static final String HEADER = "Upgrade";

    private static final String UPGRADE = HEADER, CONNECTION = "Connection", HTTP = "HTTP/1.1";

    private Upgrade() {}

    /** Whether the request may ask for another protocol: it can have one, and says that the header is meant for its next server. */
    static boolean isAsked(HttpServletRequest request) {
        return request.getProtocol().equals(HTTP) && names(request, CONNECTION, UPGRADE);
    }

    /** Refuses a request that does not ask for this protocol, or cannot have it. */
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
                // With such a header, Payara does not send the length of the answer.
                Headers.of(UPGRADE, protocol, CONNECTION, "close"));
    }

    private static boolean names(HttpServletRequest request, String header, String token) {
        return Collections.list(request.getHeaders(header)).stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .anyMatch(value -> value.strip().equalsIgnoreCase(token));
    }

    /** Answers 101 and gives the connection to the user. */
    static void grant(
            Server server,
            HttpServletRequest request,
            HttpServletResponse response,
            String protocol,
            Consumer<Upgraded> user)
            throws IOException {
        try {
            server.upgrade(
                    request,
                    new UpgradeHandler.Terms(
                            InetSocketAddress.createUnresolved(request.getRemoteAddr(), request.getRemotePort()),
                            InetSocketAddress.createUnresolved(request.getLocalAddr(), request.getLocalPort()),
                            user));
        } catch (ServletException notImplemented) {
            throw new Refusal(
                    Problem.of(501, "This server cannot upgrade connections."), Headers.of(CONNECTION, "close"));
        }
        response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
        response.setHeader(UPGRADE, protocol);
        response.setHeader(CONNECTION, UPGRADE);
        // Payara would send it with the first byte of the other protocol.
        response.flushBuffer();
    }
}
