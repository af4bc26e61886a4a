// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.boot.Holdfast;
import io.holdfast.config.Settings;
import io.holdfast.testing.Complaints;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Ports;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Request;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A filter or a valve in front of Holdfast that forbids asynchronous requests. */
class AsynchronyIT {

    /** It has no {@code async-supported}, as many a filter. */
    public static final class Hardening implements Filter {

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            chain.doFilter(request, response);
        }
    }

    private static Member behindAFilter(String path) {
        return Member.start(Map.of(), context -> {
            FilterHolder filter = new FilterHolder(new Hardening());
            filter.setName("hardening");
            filter.setAsyncSupported(false);
            context.addFilter(filter, path, EnumSet.of(DispatcherType.REQUEST));
        });
    }

    /** The complaints of Holdfast, and of Tomcat in its requests. */
    private static List<String> of(Complaints complaints) {
        return complaints.heard().stream()
                .filter(line ->
                        line.startsWith("io.holdfast.http.") || line.startsWith("org.apache.catalina.connector."))
                .toList();
    }

    private static void isToldBy(Response ready) {
        assertEquals(503, ready.status(), ready.toString());
        assertTrue(
                ready.body()
                        .contains(
                                "\"reason\":\"a filter or valve in front of Holdfast forbids asynchronous requests: set "
                                        + "async-supported of the filter, or asyncSupported of the valve, to true\""),
                ready.body());
    }

    @Test
    void theHealthRequestItselfShowsIt() {
        try (Complaints complaints = new Complaints();
                Member member = behindAFilter("/*")) {
            isToldBy(member.http().get("/health/ready"));
            isToldBy(member.http().get("/health/ready"));

            assertEquals(200, member.http().get("/health/live").status());
            assertEquals(200, member.http().get("/metrics").status());
            assertEquals(
                    "[io.holdfast.http.Asynchrony: No request can be held here: a filter or valve in front of Holdfast forbids "
                            + "asynchronous requests: set async-supported of the filter, or asyncSupported of the valve, to true path="
                            + member.context() + "/health/ready filters=hardening (" + Hardening.class.getName()
                            + ") null]",
                    of(complaints).toString());
        }
    }

    @Test
    void eachRequestIsToldAndNothingOfItIsPerformed() {
        try (Complaints complaints = new Complaints();
                Member member = behindAFilter("/*")) {
            for (String path : List.of(
                    "/counter/value/",
                    "/counter/value/?last=0&wait=9",
                    "/channels/a/events?wait=9",
                    "/cameras/a/updates/",
                    "/work/a/x",
                    "/workers/a/next?wait=9",
                    "/jobs/x")) {
                Response told = member.http().get(path);
                assertEquals(503, told.status(), path + told);
                assertTrue(told.body().contains("\"outcome\":\"none\""), told.body());
                assertTrue(told.body().contains("set async-supported of the filter"), told.body());
            }
            assertEquals(503, member.http().post("/counter/value/").status());
            assertEquals(
                    503,
                    member.http()
                            .send("POST", "/channels/a/events", new byte[3])
                            .response()
                            .status());
            assertEquals(1, of(complaints).size(), of(complaints).toString());
        }
    }

    @Test
    void anEventSourceComesBack() {
        try (Member member = behindAFilter("/*")) {
            for (String path : List.of("/channels/a/events", "/work/a/x")) {
                Response ended =
                        member.http().get(path, "Accept: text/event-stream", "Origin: http://elsewhere.example");
                assertEquals(200, ended.status(), ended.toString());
                assertTrue(ended.body().startsWith("retry: "), ended.body());
            }
        }
    }

    @Test
    void aFilterOfSomePathsIsKnownFromTheFirstRequest() {
        try (Member member = behindAFilter("/channels/*")) {
            assertEquals(200, member.http().get("/health/ready").status());

            assertEquals(503, member.http().get("/channels/a/events?wait=9").status());

            isToldBy(member.http().get("/health/ready"));
            assertEquals("0\n", member.http().get("/counter/value/").body(), "others are served");
        }
    }

    @Test
    void aValveOfTomcatIsKnown(@TempDir Path home) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("holdfast.cluster.port", Integer.toString(Ports.free()));
        Settings settings = Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty());
        Tomcat tomcat = new Tomcat();
        try (Complaints complaints = new Complaints();
                Holdfast holdfast = Holdfast.open(settings, "/valve")) {
            tomcat.setBaseDir(home.toString());
            tomcat.setPort(0);
            Wrapper front = Tomcat.addServlet(tomcat.addContext("", home.toString()), "front", holdfast.servlet());
            front.setAsyncSupported(true);
            front.addMapping("/");
            tomcat.getHost().getPipeline().addValve(new ValveBase(false) {
                @Override
                public void invoke(Request request, org.apache.catalina.connector.Response response)
                        throws IOException, ServletException {
                    getNext().invoke(request, response);
                }
            });
            tomcat.start();
            Http http = new Http(
                    URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort()));

            isToldBy(http.get("/health/ready"));

            assertEquals(503, http.get("/counter/value/").status());
            List<String> told = of(complaints);
            assertEquals(1, told.size(), told.toString());
            assertTrue(told.get(0).contains(" filters=none of this application"), told.get(0));
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }
}
