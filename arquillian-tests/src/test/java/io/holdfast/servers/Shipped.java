// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import io.holdfast.testing.Http;
import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The two members of the server kind that this run is about. Arquillian starts them; the tests ask them. */
final class Shipped {
    private static final String KIND = System.getProperty("servers.server", "");

    private static final Layout A = new Layout(KIND + "-a"), B = new Layout(KIND + "-b");

    private Shipped() {}

    /**
     * Lays out both, and sets the system properties from which {@code arquillian.xml} and its servers take their ports. Jetty runs in this
     * process and has no folder.
     */
    static void layOut() throws IOException {
        int memberA = Ports.free(), memberB = Ports.free();
        String peers = "127.0.0.1:" + memberA + ",127.0.0.1:" + memberB;
        property("peers", peers);
        property("member.a", memberA);
        property("member.b", memberB);
        property("http.a", A.http());
        property("http.b", B.http());
        property("admin.a", A.admin());
        property("admin.b", B.admin());
        property("wildfly.a", String.join(" ", A.wildflyArguments()));
        property("wildfly.b", String.join(" ", B.wildflyArguments()));
        for (Layout layout : List.of(A, B)) {
            switch (KIND) {
                case "tomcat10" -> layout.tomcat("10");
                case "tomcat11" -> layout.tomcat("11");
                case "wildfly" -> layout.wildfly();
                case "payara" ->
                    layout.payara()
                            .settings(
                                    PayaraServer.domain(layout).resolve("config"),
                                    Map.of(
                                            "cluster.name",
                                            "payara-contract",
                                            "cluster.port",
                                            Integer.toString(layout.equals(A) ? memberA : memberB),
                                            "cluster.peers",
                                            peers));
                case "jetty" -> System.setProperty("holdfast.cluster.port", Integer.toString(memberA));
                default -> throw new IllegalStateException("No server is called " + KIND);
            }
        }
    }

    private static void property(String name, Object value) {
        System.setProperty("servers." + name, value.toString());
    }

    static boolean isTomcat() {
        return KIND.startsWith("tomcat");
    }

    static URI a() {
        return base(A);
    }

    static URI b() {
        return base(B);
    }

    static URI base(Layout layout) {
        return URI.create("http://127.0.0.1:" + layout.http() + "/holdfast/");
    }

    /** A client that sends exact requests to the application there. */
    static Http http(URI base) {
        return new Http(URI.create(base.toString().replaceAll("/$", "")));
    }

    /** The text that both have logged. */
    static String log() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Layout layout : List.of(A, B)) all.append(Server.read(folder(layout), ""));
        return all.toString();
    }

    private static Path folder(Layout layout) {
        return switch (KIND) {
            case "wildfly" -> layout.folder().resolve("log");
            case "payara" -> PayaraServer.domain(layout).resolve("logs");
            default -> layout.folder().resolve("logs");
        };
    }
}
