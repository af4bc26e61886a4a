// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.stream.Stream;

/** The servers that must be treated in a way of their own, by what they say of themselves. */
enum ServerKind {
    TOMCAT("Apache Tomcat"),
    JETTY("jetty/"),
    PAYARA("Payara"),
    ANOTHER("");

    private final String beginning;

    ServerKind(String beginning) {
        this.beginning = beginning;
    }

    static ServerKind of(HttpServletRequest request) {
        String server = request.getServletContext().getServerInfo();
        return Stream.of(values())
                .filter(kind -> server.startsWith(kind.beginning))
                .findFirst()
                .orElseThrow();
    }
}
