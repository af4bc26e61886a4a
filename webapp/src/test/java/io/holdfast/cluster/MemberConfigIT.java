// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.InterfacesConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.holdfast.testing.ManualTime;
import io.holdfast.testing.Ports;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each ready configuration boots a member, on loopback and with the settings that Holdfast's promises rest on. */
class MemberConfigIT {
    private final SystemTimer timer = new SystemTimer("member-config-test");

    @TempDir
    Path folder;

    @AfterEach
    void stopTheTimer() {
        timer.close();
    }

    private static ClusterOptions options(Discovery discovery, int port, String peers, String configFile) {
        return options(discovery, "config-test-" + port, port, peers, configFile);
    }

    private static ClusterOptions options(Discovery discovery, String name, int port, String peers, String configFile) {
        return ClusterOptionsTest.read(Map.of(
                "cluster.discovery",
                discovery.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                "cluster.name",
                name,
                "cluster.peers",
                discovery == Discovery.SINGLE ? "" : peers,
                "cluster.port",
                Integer.toString(port),
                "cluster.service-dns",
                "localhost",
                "cluster.multicast-port",
                Integer.toString(Ports.free()),
                "cluster.config-file",
                configFile));
    }

    private Cluster open(ClusterOptions options) {
        return Cluster.open(options, List.of(), Clocks.system(timer));
    }

    @ParameterizedTest
    @EnumSource(Discovery.class)
    void eachReadyConfigurationBootsAMemberOnLoopback(Discovery discovery) {
        int port = Ports.free();
        try (Cluster cluster = open(options(discovery, port, "127.0.0.1:" + port, ""))) {
            assertEquals("[127.0.0.1]:" + port, cluster.address());
            assertEquals(1, cluster.trust().size());
            assertTrue(cluster.trust().doubt().isEmpty());
            IMap<String, String> map = cluster.map("any");
            map.set("key", "value");
            assertEquals("value", map.get("key"));
        }
    }

    @ParameterizedTest
    @EnumSource(Discovery.class)
    void eachReadyConfigurationJoinsInItsOwnWayOnlyAndKeepsThePromises(Discovery discovery) {
        Config config = MemberConfig.of(options(discovery, 20_000, "127.0.0.1:20000", ""), List.of());

        JoinConfig join = config.getAdvancedNetworkConfig().getJoin();
        assertFalse(join.getAutoDetectionConfig().isEnabled());
        assertEquals(discovery == Discovery.MULTICAST, join.getMulticastConfig().isEnabled());
        assertEquals(discovery == Discovery.TCP_IP, join.getTcpIpConfig().isEnabled());
        assertEquals(
                discovery == Discovery.KUBERNETES, join.getKubernetesConfig().isEnabled());
        InterfacesConfig interfaces = port(config).getInterfaces();
        assertTrue(interfaces.isEnabled());
        assertEquals(List.of("127.0.0.1"), List.copyOf(interfaces.getInterfaces()));
        promised(config);
    }

    /** The only port that is served. */
    private static ServerSocketEndpointConfig port(Config config) {
        AdvancedNetworkConfig network = config.getAdvancedNetworkConfig();
        assertTrue(network.isEnabled());
        assertEquals(
                Set.of(EndpointQualifier.MEMBER), network.getEndpointConfigs().keySet());
        return (ServerSocketEndpointConfig)
                Objects.requireNonNull(network.getEndpointConfigs().get(EndpointQualifier.MEMBER));
    }

    private static void promised(Config config) {
        Map<String, String> promised = Map.of(
                "hazelcast.operation.fail.on.indeterminate.state", "true",
                "hazelcast.operation.backup.timeout.millis", "1000",
                "hazelcast.max.no.heartbeat.seconds", "5",
                "hazelcast.phone.home.enabled", "false",
                "hazelcast.shutdownhook.enabled", "false",
                "hazelcast.socket.bind.any", "false");
        promised.forEach((name, value) -> assertEquals(value, config.getProperty(name), name));
        assertFalse(config.getJetConfig().isEnabled());
    }

    @Test
    void aConfigurationOfTheOperatorsOwnReplacesTheNetworkAndNotThePromises() throws Exception {
        Path file = folder.resolve("own.yaml");
        Files.writeString(file, """
                hazelcast:
                  cluster-name: their-own
                  properties:
                    hazelcast.operation.fail.on.indeterminate.state: false
                    hazelcast.phone.home.enabled: true
                  network:
                    port:
                      port: 20999
                """, StandardCharsets.UTF_8);

        Config config = MemberConfig.of(options(Discovery.SINGLE, 1, "", file.toString()), List.of());

        assertEquals("their-own", config.getClusterName());
        assertEquals(20_999, port(config).getPort());
        promised(config);
    }

    /** A file of the operator's own makes the only member one that owns nothing. */
    @Test
    void aMemberWhoseStateNobodyOwnsSaysThatItMustBeStartedAgain() throws Exception {
        Path file = folder.resolve("lite.yaml");
        Files.writeString(file, """
                hazelcast:
                  lite-member:
                    enabled: true
                  network:
                    port:
                      port: %d
                    interfaces:
                      enabled: true
                      interfaces:
                        - 127.0.0.1
                    join:
                      auto-detection:
                        enabled: false
                """.formatted(Ports.free()), StandardCharsets.UTF_8);
        ManualTime time = new ManualTime();
        try (Cluster cluster =
                Cluster.open(options(Discovery.SINGLE, 1, "", file.toString()), List.of(), time.clocks())) {
            time.advance(Duration.ofSeconds(5));
            assertTrue(cluster.doubtOfOwners().isEmpty());
            await("it says so").until(() -> {
                time.advance(Duration.ofSeconds(5));
                return cluster.doubtOfOwners().orElse("").contains("must be started again");
            });
        }
    }

    @Test
    void anAdvancedNetworkOfTheOperatorsOwnServesMembersOnlyToo() throws Exception {
        Path file = folder.resolve("advanced.yaml");
        Files.writeString(file, """
                hazelcast:
                  advanced-network:
                    enabled: true
                    member-server-socket-endpoint-config:
                      port:
                        port: 20998
                    client-server-socket-endpoint-config:
                      port:
                        port: 20997
                """, StandardCharsets.UTF_8);

        Config config = MemberConfig.of(options(Discovery.SINGLE, 1, "", file.toString()), List.of());

        assertEquals(20_998, port(config).getPort());
    }

    /** Such a client could read and change all state. */
    @Test
    void aClientOfHazelcastIsNotServed() throws Exception {
        int port = Ports.free();
        try (Cluster cluster = open(options(Discovery.SINGLE, port, "", ""));
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertEquals(1, cluster.trust().size());
            client.setSoTimeout(30_000); // A client that is served would wait for ever.
            client.getOutputStream().write("CP2".getBytes(StandardCharsets.US_ASCII));
            String answer = rest(client);
            assertTrue(answer.isEmpty() || answer.equals("HZX"), answer);
        }
    }

    private static String rest(Socket client) throws IOException {
        try {
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (SocketException e) {
            return ""; // The member has cut the connection.
        }
    }

    /** As a frozen process does, the third peer accepts connections and never answers. */
    @Test
    void membersFormAndJoinBesideASilentPeer() throws Exception {
        int first = Ports.free(), second = Ports.free();
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String peers = "127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d".formatted(first, second, silent.getLocalPort());
            try (Cluster one = open(options(Discovery.TCP_IP, "beside-silence", first, peers, ""));
                    Cluster two = open(options(Discovery.TCP_IP, "beside-silence", second, peers, ""))) {
                await().until(() -> one.trust().size() == 2 && two.trust().size() == 2);
            }
        }
    }

    static Stream<Arguments> foreigners() throws Exception {
        Runnable lambda = (Runnable & Serializable) () -> {};
        return Stream.of(
                Arguments.of(new URI("http://localhost/").toURL(), "java.net.URL"),
                Arguments.of(new BitSet(3), "java.util.BitSet"),
                Arguments.of(Locale.ROOT, "java.util.Locale"),
                Arguments.of(lambda, "java.lang.invoke.SerializedLambda"),
                Arguments.of(new Stranger("of the application itself"), Stranger.class.getName()));
    }

    private record Stranger(String name) implements Serializable {}

    @ParameterizedTest
    @MethodSource("foreigners")
    void aForeignClassIsNotDeserialized(Serializable foreign, String refusedClass) {
        try (Cluster cluster = open(options(Discovery.SINGLE, Ports.free(), "", ""))) {
            IMap<String, Object> map = cluster.map("foreign");
            map.set("key", foreign);

            HazelcastSerializationException refused =
                    assertThrows(HazelcastSerializationException.class, () -> map.get("key"));

            assertTrue(refused.toString().contains(refusedClass), refused.toString());
        }
    }

    @Test
    void aSignalReachesTheOtherMemberAndNotTheSender() throws Exception {
        int one = Ports.free(), two = Ports.free();
        String peers = "127.0.0.1:" + one + ",127.0.0.1:" + two;
        try (Cluster sender = open(options(Discovery.TCP_IP, "config-test-signals", one, peers, ""));
                Cluster receiver = open(options(Discovery.TCP_IP, "config-test-signals", two, peers, ""))) {
            await().until(() -> sender.trust().size() == 2 && receiver.trust().size() == 2);
            BlockingQueue<String> heard = new LinkedBlockingQueue<>(), own = new LinkedBlockingQueue<>();
            receiver.signals().listen("room", (name, state, reply) -> heard.add(name + state[0]));
            sender.signals().listen("room", (name, state, reply) -> own.add(name));

            sender.signals().send("elsewhere", "nobody listens to this room", new byte[] {1});
            sender.signals().send("room", "x", new byte[] {7});
            receiver.signals().send("room", "back", new byte[] {8});

            assertEquals("x7", heard.poll(10, TimeUnit.SECONDS));
            assertEquals("back", own.poll(10, TimeUnit.SECONDS));
            assertEquals(0, heard.size());
            assertEquals(0, own.size());
        }
    }
}
