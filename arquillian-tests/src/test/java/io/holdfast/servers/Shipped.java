// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import io.holdfast.testing.Http;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** The two members of the server kind that this run is about. */
final class Shipped {
    private static final Map<String, Layout[]> KINDS = Map.of(
            "tomcat10", new Layout[] {Layouts.TOMCAT10_A, Layouts.TOMCAT10_B},
            "tomcat11", new Layout[] {Layouts.TOMCAT11_A, Layouts.TOMCAT11_B},
            "wildfly", new Layout[] {Layouts.WILDFLY_A, Layouts.WILDFLY_B},
            "payara", new Layout[] {Layouts.PAYARA_A, Layouts.PAYARA_B});

    private Shipped() {}

    static URI a() {
        return base(layouts()[0]);
    }

    static URI b() {
        return base(layouts()[1]);
    }

    static URI base(Layout layout) {
        return URI.create("http://127.0.0.1:" + layout.http() + "/holdfast/");
    }

    /** A client that sends exact requests to the application there. */
    static Http http(URI base) {
        return new Http(URI.create(base.toString().replaceAll("/$", "")));
    }

    /** What both have logged. */
    static String log() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Layout layout : layouts()) all.append(Server.read(folder(layout), ""));
        return all.toString();
    }

    private static Path folder(Layout layout) {
        return switch (System.getProperty("servers.server", "")) {
            case "wildfly" -> layout.folder().resolve("log");
            case "payara" -> PayaraServer.domain(layout).resolve("logs");
            default -> layout.folder().resolve("logs");
        };
    }

    private static Layout[] layouts() {
        return Objects.requireNonNull(KINDS.get(System.getProperty("servers.server")));
    }
}
