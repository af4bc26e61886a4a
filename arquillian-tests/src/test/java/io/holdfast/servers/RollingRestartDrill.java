// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import io.holdfast.testing.Ports;
import io.holdfast.testing.RestartTraffic;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Three servers of a kind are restarted one after the other, as docs/operations/rolling-restart.md has it, and nobody notices:
 * {@code mvn verify -pl arquillian-tests -am -Pdrill}. The table is {@code target/rolling-restart.md}.
 */
class RollingRestartDrill {
    private static final int MEMBERS = 3;

    private final Client client = new Client();
    private final List<Server> servers = new ArrayList<>();
    private final int page = Ports.free();
    private final List<Duration> perMember = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({"haproxy,1", "haproxy,2", "haproxy,3", "nginx,1", "nginx,2", "nginx,3"})
    void tomcat(String balancer, int run) throws Exception {
        restartAll(Server.Kind.TOMCAT, balancer, run);
    }

    @ParameterizedTest
    @CsvSource({"haproxy,1", "haproxy,2", "haproxy,3", "nginx,1", "nginx,2", "nginx,3"})
    void wildFly(String balancer, int run) throws Exception {
        restartAll(Server.Kind.WILDFLY, balancer, run);
    }

    @ParameterizedTest
    @CsvSource({"haproxy,1", "haproxy,2", "haproxy,3", "nginx,1", "nginx,2", "nginx,3"})
    void payara(String balancer, int run) throws Exception {
        restartAll(Server.Kind.PAYARA, balancer, run);
    }

    private void restartAll(Server.Kind kind, String balancer, int run) throws Exception {
        String name = "rolling-" + balancer + run;
        try {
            start(kind, name);
            List<URI> addresses = servers.stream().map(Server::base).toList();
            String folder = kind.name().toLowerCase(Locale.ROOT) + "-" + name;
            try (Proxy proxy =
                    balancer.equals("nginx") ? Proxy.nginx(folder, addresses) : Proxy.haproxy(folder, addresses)) {
                for (int i = 0; i < MEMBERS; i++) awaitAll(proxy.base());
                try (RestartTraffic traffic = RestartTraffic.withBrowser(withoutSlash(proxy.base()), 200, 50, page)) {
                    for (Server server : servers) restart(server, proxy);
                    traffic.check(kind + ", " + balancer + ", run " + run, perMember);
                }
            }
        } finally {
            servers.forEach(Server::close);
        }
    }

    private void start(Server.Kind kind, String name) throws Exception {
        List<Integer> ports = Stream.generate(Ports::free).limit(MEMBERS).toList();
        String peers = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        for (int port : ports) {
            Map<String, String> settings = Map.of(
                    "cluster.name",
                    kind + name,
                    "cluster.port",
                    Integer.toString(port),
                    "cluster.peers",
                    peers,
                    // A busy machine pauses members for longer than the usual limit.
                    "cluster.heartbeat-limit",
                    "30s",
                    "access.publish",
                    "anyone",
                    "cors.origins",
                    RestartTraffic.origin(page));
            Server server = Server.of(kind, name + "-" + port, settings);
            server.start();
            servers.add(server);
            server.deploy(Build.war());
        }
        for (Server server : servers) awaitAll(server.base());
    }

    private static URI withoutSlash(URI base) {
        return URI.create(base.toString().replaceAll("/$", ""));
    }

    private void restart(Server server, Proxy proxy) throws Exception {
        pause(1);
        long start = System.nanoTime();
        proxy.leaveOut(server.base());
        server.stop();
        server.start();
        for (Server one : servers) awaitAll(one.base());
        proxy.takeIn(server.base());
        perMember.add(Duration.ofNanos(System.nanoTime() - start));
        pause(3); // the balancer finds out that it is back
    }

    private void awaitAll(URI base) {
        Awaitility.await()
                .atMost(Server.PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> {
                    var ready = client.get(base.resolve("health/ready"));
                    return ready.statusCode() == 200 && ready.body().contains("\"members\":" + MEMBERS);
                });
    }

    private static void pause(int seconds) throws InterruptedException {
        if (new CountDownLatch(1).await(seconds, TimeUnit.SECONDS)) throw new AssertionError();
    }
}
