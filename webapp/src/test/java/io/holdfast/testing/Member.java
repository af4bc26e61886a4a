// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.holdfast.boot.Holdfast;
import io.holdfast.config.Settings;
import java.net.InetAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** One Holdfast behind a Jetty of its own, set up as the listener of the archive does it. */
public final class Member implements AutoCloseable {
    private final Holdfast holdfast;
    private final Server server;
    private final Http http;
    private final String context;
    private final int memberPort;
    private final int workerPort;

    private Member(Holdfast holdfast, Server server, String context, int memberPort, int workerPort) {
        this.holdfast = holdfast;
        this.server = server;
        this.context = context;
        this.memberPort = memberPort;
        this.workerPort = workerPort;
        int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
        this.http = new Http(URI.create("http://127.0.0.1:" + port + context));
    }

    /** Starts a member with these settings; their keys have no prefix. */
    public static Member start(Map<String, String> settings) {
        return start(settings, context -> {});
    }

    /** Starts a member with these settings on a server that has what else the application asks of it, such as users. */
    public static Member start(Map<String, String> settings, Consumer<ServletContextHandler> more) {
        int memberPort = Integer.parseInt(settings.getOrDefault("cluster.port", Integer.toString(Ports.free())));
        Properties properties = new Properties();
        properties.setProperty("holdfast.cluster.port", Integer.toString(memberPort));
        settings.forEach((key, value) -> properties.setProperty("holdfast." + key, value));
        // Members of one JVM share its JMX: each has a context of its own there.
        String context = "/m" + memberPort;
        Holdfast holdfast =
                Holdfast.open(Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty()), context);
        try {
            return new Member(
                    holdfast,
                    serve(holdfast, context, more),
                    context,
                    memberPort,
                    Integer.parseInt(settings.getOrDefault("work.port", "0")));
        } catch (Exception e) {
            holdfast.close();
            throw new IllegalStateException("The server did not start", e);
        }
    }

    private static Server serve(Holdfast holdfast, String path, Consumer<ServletContextHandler> more) throws Exception {
        Server server = new Server(new QueuedThreadPool(16));
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        // Requests that Jetty would refuse by itself reach our own rules.
        configuration.setUriCompliance(UriCompliance.UNSAFE);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        connector.setAcceptQueueSize(1_024);
        connector.setIdleTimeout(200_000);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler(path);
        context.getServletHandler().setDecodeAmbiguousURIs(true);
        ServletHolder front = new ServletHolder("holdfast", holdfast.servlet());
        front.setAsyncSupported(true);
        context.addServlet(front, "/");
        ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
        errors.addErrorPage(ErrorPageErrorHandler.GLOBAL_ERROR_PAGE, "/error");
        context.setErrorHandler(errors);
        more.accept(context);
        server.setHandler(context);
        server.start();
        return server;
    }

    /** A client of this member. */
    public Http http() {
        return http;
    }

    /** The rooms of this member. */
    public Holdfast holdfast() {
        return holdfast;
    }

    /** The context path it is deployed at, which also names its JMX bean. */
    public String context() {
        return context;
    }

    /** Where workers connect without HTTP. */
    public int workerPort() {
        return workerPort;
    }

    /** The Hazelcast member, for what a test must arrange behind Holdfast's back. */
    public HazelcastInstance hazelcast() {
        return Hazelcast.getAllHazelcastInstances().stream()
                .filter(instance ->
                        instance.getCluster().getLocalMember().getAddress().getPort() == memberPort)
                .findFirst()
                .orElseThrow();
    }

    /** How many requests the member itself says it holds. */
    public int holds() {
        return (int) meter("holdfast_holds");
    }

    /** The value of a meter, by its name and labels as Prometheus has them. */
    public double meter(String name) {
        return http.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no meter " + name));
    }

    @Override
    public void close() {
        holdfast.close();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The server did not stop", e);
        }
    }
}
