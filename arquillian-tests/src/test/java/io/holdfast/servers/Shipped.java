// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import io.holdfast.testing.Http;
import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The two members of the server kind that this run is about. Arquillian starts them; the tests ask them. */
final class Shipped {
    private static final String KIND = System.getProperty("servers.server", "");

    /** The header that the valve of the second Tomcat reads, and the one sender from which it does. */
    static final String ADDRESS = "X-Address", BEHIND_VALVE = "127.0.0.2";

    private static final Layout A = new Layout(KIND + "-a"), B = new Layout(KIND + "-b");

    private Shipped() {}

    /**
     * Lays out both, and sets the system properties from which {@code arquillian.xml} and its servers take their ports. Jetty runs in this
     * process and has no folder. The second member lets clients wait that have closed their side. On Tomcat, it has a valve that puts the
     * address in {@link #ADDRESS} in place of {@link #BEHIND_VALVE}.
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
            Map<String, String> settings = new HashMap<>();
            if (layout.equals(B)) settings.put("hold.half-closed", "keep");
            switch (KIND) {
                case "tomcat10" -> tomcat(layout, "10", settings);
                case "tomcat11" -> tomcat(layout, "11", settings);
                case "wildfly" -> layout.wildfly().settings(layout.folder().resolve("configuration"), settings);
                case "payara" -> {
                    settings.put("cluster.name", "payara-contract");
                    settings.put("cluster.port", Integer.toString(layout.equals(A) ? memberA : memberB));
                    settings.put("cluster.peers", peers);
                    layout.payara().settings(PayaraServer.domain(layout).resolve("config"), settings);
                }
                case "jetty" -> System.setProperty("holdfast.cluster.port", Integer.toString(memberA));
                default -> throw new IllegalStateException("No server is called " + KIND);
            }
        }
    }

    private static void tomcat(Layout layout, String version, Map<String, String> settings) throws IOException {
        Path conf = layout.tomcat(version).folder().resolve("conf");
        if (layout.equals(B)) {
            Path routes = Files.writeString(
                    conf.resolve("routes"),
                    "*,path_beg=" + OfTomcat.HELD + " 127.0.0.1:" + OfTomcat.BACKEND.port() + "\n");
            settings.put("proxy.routes", routes.toString());
            String valve = "<Valve className=\"org.apache.catalina.valves.", first = valve + "JsonErrorReportValve\"";
            Build.edit(
                    conf.resolve("server.xml"),
                    first,
                    valve + "RemoteIpValve\" remoteIpHeader=\"" + ADDRESS + "\" internalProxies=\"" + BEHIND_VALVE
                            + "\" />" + first);
        }
        layout.settings(conf, settings);
    }

    private static void property(String name, Object value) {
        System.setProperty("servers." + name, value.toString());
    }

    static boolean isTomcat() {
        return KIND.startsWith("tomcat");
    }

    /** How long the head of a request may take to come as a whole, which is zero where a server does not limit it. */
    static Duration headTime() {
        return switch (KIND) {
            case "tomcat10", "tomcat11" -> Duration.ofSeconds(20);
            case "wildfly" -> Duration.ofSeconds(10);
            default -> Duration.ZERO;
        };
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

    /** The text that the second has logged. */
    static String logOfB() throws IOException {
        return Server.read(folder(B), "");
    }

    private static Path folder(Layout layout) {
        return switch (KIND) {
            case "wildfly" -> layout.folder().resolve("log");
            case "payara" -> PayaraServer.domain(layout).resolve("logs");
            default -> layout.folder().resolve("logs");
        };
    }
}
