// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.http.message.Header;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.testing.Container;
import io.holdfast.testing.Http;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.RemoteIpValve;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers by which a request may speak for others, on each server. */
@Timeout(60)
class TrustedProxiesIT {
    private static final String MANY =
            "X-Forwarded-For: 192.0.2.1|X-Forwarded-Proto: https|X-Forwarded-Host: shop.example"
                    + "|X-Forwarded-Port: 8443|Forwarded: for=192.0.2.1;proto=https|X-Real-IP: 192.0.2.1|X_Forwarded_For: 1.1.1.1";

    private static FrontServlet servlet(String trusted) {
        Json json = new Json();
        Routes routes = new Routes();
        routes.otherwise(TrustedProxiesIT::describe);
        WaitLimits waits = new WaitLimits(Duration.ofSeconds(60), Duration.ofSeconds(5));
        return new FrontServlet(
                routes, waits, new Backlog(1_000_000, json), json, TrustedProxies.of(trusted), CrossOrigin.NONE);
    }

    private static void describe(Call call) throws IOException {
        if (call.header("Origin").isPresent()) call.checkOrigin();
        String forwarded = call.head().forwarded().list().stream()
                .filter(header -> Header.isOnBehalf(header.name().replace('_', '-')))
                .map(header -> header.name().toLowerCase(Locale.ROOT) + ": " + header.value())
                .sorted()
                .collect(Collectors.joining("\n"));
        call.answer(OwnResponse.text(200, (call.isLocal() ? "local" : "not local") + "\n" + forwarded));
    }

    private static String[] lines(String headers) {
        return headers.isEmpty() ? new String[0] : headers.split("\\|");
    }

    private static Http.Response ask(int port, String... headers) {
        String text = Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining());
        return new Http(URI.create("http://127.0.0.1:" + port))
                .raw("GET / HTTP/1.1\r\nHost: localhost\r\n" + text + "Connection: close\r\n\r\n")
                .response();
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void aTrustedProxysHeadersAreExtended(Container container) throws Exception {
        try (Container.Running server = container.start(servlet("127.0.0.0/8"))) {
            assertEquals(
                    "not local\n"
                            + "forwarded: for=192.0.2.1;proto=https, for=127.0.0.1\n"
                            + "x-forwarded-for: 192.0.2.1, 127.0.0.1\n"
                            + "x-forwarded-host: shop.example\n"
                            + "x-forwarded-port: 8443\n"
                            + "x-forwarded-proto: https\n"
                            + "x-real-ip: 192.0.2.1",
                    ask(server.port(), lines(MANY)).body());
            assertEquals(
                    "not local\nforwarded: for=192.0.2.1, for=127.0.0.1;proto=http\n"
                            + "x-forwarded-for: 127.0.0.1\nx-forwarded-proto: http",
                    ask(server.port(), "Forwarded: for=192.0.2.1").body());
            assertEquals(
                    "local\nx-forwarded-for: 127.0.0.1\nx-forwarded-proto: http",
                    ask(server.port()).body());
        }
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void anybodyElseIsNot(Container container) throws Exception {
        try (Container.Running server = container.start(servlet("10.0.0.0/8,::1"))) {
            assertEquals(
                    "not local\nx-forwarded-for: 127.0.0.1\nx-forwarded-proto: http",
                    ask(server.port(), lines(MANY)).body());
            assertEquals(
                    "not local\nx-forwarded-for: 127.0.0.1\nx-forwarded-proto: http",
                    ask(server.port(), "X_Forwarded_For: 127.0.0.1").body());
        }
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void aPageOfTheHostBeforeTheProxyIsOwnOnlyIfTheProxyIsTrusted(Container container) throws Exception {
        String[] page = {"Origin: https://shop.example", "X-Forwarded-Host: shop.example"};
        try (Container.Running server = container.start(servlet("127.0.0.1"))) {
            assertEquals(200, ask(server.port(), page).status());
        }
        try (Container.Running server = container.start(servlet("10.0.0.0/8"))) {
            assertEquals(403, ask(server.port(), page).status());
        }
    }

    /** Tomcat with the valve that is usual behind a balancer; it takes every private address for a proxy. */
    private static Tomcat behindBalancer(Path folder, FrontServlet servlet) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        Context context = tomcat.addContext("", folder.toString());
        RemoteIpValve valve = new RemoteIpValve();
        valve.setProtocolHeader("x-forwarded-proto");
        context.getPipeline().addValve(valve);
        Wrapper front = Tomcat.addServlet(context, "front", servlet);
        front.setAsyncSupported(true);
        front.addMapping("/");
        tomcat.start();
        return tomcat;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 127.0.0.1, 10.9.9.9",
                "X-Forwarded-For: ::1, 192.168.1.5",
                "X-Forwarded-For: localhost",
                "X-Forwarded-For: 127.0.0.1|X-Forwarded-Proto: https"
            })
    void aServerThatPutsAnotherAddressInPlaceMakesNobodyLocalOrTrusted(String headers, @TempDir Path folder)
            throws Exception {
        Tomcat tomcat = behindBalancer(folder, servlet("127.0.0.0/8,::1"));
        try {
            String[] all = lines(headers + "|X-Forwarded-Host: evil.example");
            String answer = ask(tomcat.getConnector().getLocalPort(), all).body();

            assertEquals("not local", answer.split("\n", 2)[0], answer);
            assertEquals(-1, answer.indexOf("evil"), answer);
            String proto = headers.contains("https") ? "https" : "http";
            assertEquals("x-forwarded-proto: " + proto, answer.substring(answer.lastIndexOf('\n') + 1));
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }
}
