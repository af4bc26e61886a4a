// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.Settings;
import io.holdfast.config.SettingsException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of a member, and the combinations that are refused. */
class ClusterOptionsTest {

    private static Settings settings(Map<String, String> values) {
        Properties properties = new Properties();
        values.forEach((key, value) -> properties.setProperty("holdfast." + key, value));
        return Settings.open(properties, Map.of(), Optional.empty(), key -> Optional.empty());
    }

    /** The options with these values; a key is named without {@code holdfast.}. */
    static ClusterOptions read(Map<String, String> values) {
        Settings settings = settings(values);
        ClusterOptions options = ClusterOptions.read(settings);
        settings.refuseFaults();
        return options;
    }

    private static void refused(String sentence, Map<String, String> values) {
        String message =
                assertThrows(SettingsException.class, () -> read(values)).getMessage();
        assertTrue(String.valueOf(message).contains(sentence), message);
    }

    @Test
    void aMemberWithoutOptionsIsAloneOnLoopback() {
        ClusterOptions options = read(Map.of());

        assertEquals(Discovery.SINGLE, options.discovery());
        assertEquals("127.0.0.1", options.address());
        assertEquals(0, options.minimumSize());
        assertEquals(1, options.expectedSize());
    }

    @Test
    void namingPeersImpliesTcpIp() {
        ClusterOptions options = read(Map.of("cluster.name", "c", "cluster.peers", "a:1 , b-c.d:65535"));

        assertEquals(Discovery.TCP_IP, options.discovery());
        assertEquals("a:1,b-c.d:65535", options.peers());
    }

    @Test
    void aNameIsNeededToJoin() {
        refused("cluster.name must be set", Map.of("cluster.peers", "a:1"));
        refused("cluster.name must be set", Map.of("cluster.discovery", "multicast"));
    }

    @Test
    void eachDiscoveryNeedsItsAddresses() {
        refused("cluster.peers must name", Map.of("cluster.discovery", "tcp-ip", "cluster.name", "c"));
        refused("cluster.service-dns must name", Map.of("cluster.discovery", "kubernetes", "cluster.name", "c"));
    }

    @Test
    void withAConfigurationOfOnesOwnNothingElseIsNeeded() {
        assertEquals(
                "/own.yaml",
                read(Map.of("cluster.discovery", "tcp-ip", "cluster.config-file", "/own.yaml"))
                        .configFile());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a:", ":1", "a:1,", "a:123456", "a:1;b:2", "a b:1"})
    void peersThatAreNotAddressesAreRefused(String peers) {
        refused("cluster.peers must be HOST:PORT", Map.of("cluster.name", "c", "cluster.peers", peers));
    }
}
