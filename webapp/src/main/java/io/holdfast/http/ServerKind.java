// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.http.HttpServletRequest;

/** The servers that must be treated in a way of their own, by what they say of themselves. */
enum ServerKind {
    TOMCAT("Apache Tomcat"),
    JETTY("jetty/"),
    PAYARA("Payara"),
    ANOTHER("");

    /** Asked for with every stream: one array for all. */
    private static final ServerKind[] ALL = values();

    private final String beginning;

    ServerKind(String beginning) {
        this.beginning = beginning;
    }

    static ServerKind of(HttpServletRequest request) {
        String server = request.getServletContext().getServerInfo();
        for (ServerKind kind : ALL) if (server.startsWith(kind.beginning)) return kind;
        return ANOTHER;
    }
}
