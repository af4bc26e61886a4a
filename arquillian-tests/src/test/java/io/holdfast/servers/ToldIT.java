// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Ports;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The usual log of each server says why Holdfast does not start or does not serve. */
class ToldIT {
    private static final String START = "Holdfast does not start context=/holdfast: ";

    private final Client client = new Client();

    /** The lines of the server's log with this text. */
    private static List<String> lines(Server server, String text) throws Exception {
        return server.log().lines().filter(line -> line.contains(text)).toList();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TOMCAT11")
    void allFaultsOfTheSettingsAreOneLine(Server.Kind kind) throws Exception {
        try (Server server = Server.of(kind, "faults", Map.of("hold.longest", "120", "cluster.peer", "a:5701"))) {
            server.start();

            assertThrows(Exception.class, () -> server.deploy(Build.war()));

            Awaitility.await().atMost(Server.PATIENCE).until(() -> !lines(server, START)
                    .isEmpty());
            List<String> told = lines(server, START);
            assertEquals(1, told.size(), told.toString());
            // Payara writes the level into a line of its own.
            if (kind != Server.Kind.PAYARA) assertTrue(told.get(0).matches(".*(SEVERE|ERROR).*"), told.get(0));
            assertTrue(told.get(0).contains("hold.longest must be a duration"), told.get(0));
            assertTrue(told.get(0).contains("cluster.peer is not a setting"), told.get(0));
        }
    }

    @Test
    void aFilterThatForbidsAsynchronousRequestsIsNamed() throws Exception {
        Map<String, String> settings = Map.of("cluster.port", Integer.toString(Ports.free()));
        try (Server server = Server.of(Server.Kind.TOMCAT11, "hardened", settings)) {
            Build.edit(
                    server.layout.folder().resolve("conf/web.xml"),
                    "</web-app>",
                    "<filter><filter-name>hardening</filter-name>"
                            + "<filter-class>org.apache.catalina.filters.HttpHeaderSecurityFilter</filter-class></filter>"
                            + "<filter-mapping><filter-name>hardening</filter-name><url-pattern>/*</url-pattern></filter-mapping>"
                            + "</web-app>");
            server.start();
            server.deploy(Build.war());

            HttpResponse<String> ready = client.get(server.base().resolve("health/ready"));
            assertEquals(503, ready.statusCode());
            assertTrue(ready.body().contains("set async-supported of the filter"), ready.body());
            assertEquals(
                    503, client.get(server.base().resolve("counter/value/")).statusCode());

            List<String> told = lines(server, "No request can be held here");
            assertEquals(1, told.size(), server.log());
            assertTrue(
                    told.get(0).contains("hardening (org.apache.catalina.filters.HttpHeaderSecurityFilter)"),
                    told.get(0));
            assertEquals(List.of(), lines(server, "A handler failed"));
        }
    }
}
