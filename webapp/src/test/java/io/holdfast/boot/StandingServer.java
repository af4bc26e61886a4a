// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.config.Settings;
import io.holdfast.testing.Http;
import io.holdfast.testing.Ports;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.Servlet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** One Holdfast as the standalone run serves it, without the process. */
final class StandingServer implements AutoCloseable {
    private final Holdfast holdfast;
    private final Gate gate;
    private final HttpPort port;

    private StandingServer(Holdfast holdfast, int connections, Duration headTime) throws Exception {
        this.holdfast = holdfast;
        gate = new Gate(() -> holdfast.draining().hasBegun());
        port = HttpPort.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), connections, headTime, gate);
        DeploymentManager deployment = Servlets.newContainer()
                .addDeployment(Standalone.deployment()
                        .addServlet(Servlets.servlet(
                                        "holdfast", Servlet.class, new ImmediateInstanceFactory<>(holdfast.servlet()))
                                .setAsyncSupported(true)
                                .addMapping("/")));
        deployment.deploy();
        gate.open(deployment.start());
    }

    /** Starts with these settings; their keys have no prefix. */
    static StandingServer start(Map<String, String> settings) throws Exception {
        return start(settings, 1_000, Duration.ofSeconds(20));
    }

    /** The same for at most so many connections, and heads that come within that time. */
    static StandingServer start(Map<String, String> settings, int connections, Duration headTime) throws Exception {
        Properties properties = new Properties();
        String cluster = Integer.toString(Ports.free());
        properties.setProperty("holdfast.cluster.port", cluster);
        settings.forEach((key, value) -> properties.setProperty("holdfast." + key, value));
        return new StandingServer(
                Holdfast.open(
                        Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty()), "/p" + cluster),
                connections,
                headTime);
    }

    int port() {
        return port.number();
    }

    /** How many requests it holds. */
    int holds() {
        return holdfast.draining().progress().holds();
    }

    /** Goes out of service, as the program does before it leaves the cluster. */
    void goOut() {
        holdfast.drain(port::stopAccepting);
        gate.close(Duration.ofSeconds(1));
        port.closeIdle();
    }

    /** As a second signal does. */
    void hasten() {
        holdfast.draining().begin(Duration.ZERO);
    }

    Http http() {
        return new Http(URI.create("http://127.0.0.1:" + port()));
    }

    @Override
    public void close() {
        holdfast.close();
        gate.close(Duration.ofSeconds(1));
        port.close();
    }
}
