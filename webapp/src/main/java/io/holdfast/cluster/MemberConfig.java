// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.YamlConfigBuilder;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import io.holdfast.cluster.join.JoinCheck;
import io.holdfast.cluster.limit.Agreement;
import io.holdfast.time.OutOfMemory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;

/**
 * The configuration of the member. Network and discovery come from a ready file or the operator's own. The settings that Holdfast's
 * promises rest on are set on top of it, and cannot be changed.
 */
final class MemberConfig {
    private static final Duration BACKUP_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration MERGE_CHECK = Duration.ofSeconds(5);

    /** These threads receive messages of other members; none of them may wait for anything. */
    private static final int MESSAGE_THREADS = 2;

    private MemberConfig() {}

    static Config of(ClusterOptions options, List<ClusterPart> parts) {
        Config config = network(options);
        serveMembersOnly(config);
        config.setClassLoader(MemberConfig.class.getClassLoader());
        config.setProperty("hazelcast.logging.type", "jdk");
        config.setProperty("hazelcast.logging.details.enabled", "false");
        config.setProperty("hazelcast.health.monitoring.level", "OFF");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        // Holdfast stops the member itself, after the held requests are answered.
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.setProperty("hazelcast.graceful.shutdown.max.wait", seconds(LEAVE_TIMEOUT));
        // A write is acknowledged only when it is on its backups. If a backup does not answer soon, the outcome of the
        // write is unknown.
        config.setProperty("hazelcast.operation.fail.on.indeterminate.state", "true");
        config.setProperty("hazelcast.operation.backup.timeout.millis", Long.toString(BACKUP_TIMEOUT.toMillis()));
        config.setProperty("hazelcast.operation.call.timeout.millis", Long.toString(CALL_TIMEOUT.toMillis()));
        config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
        config.setProperty("hazelcast.max.no.heartbeat.seconds", seconds(options.heartbeatLimit()));
        // Both sides of a healed split find each other within seconds instead of minutes.
        config.setProperty("hazelcast.merge.first.run.delay.seconds", seconds(MERGE_CHECK));
        config.setProperty("hazelcast.merge.next.run.delay.seconds", seconds(MERGE_CHECK));
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false);
        config.getSerializationConfig()
                .setJavaSerializationFilterConfig(filter())
                .addSerializerConfig(new SerializerConfig()
                        .setTypeClass(OutOfMemoryError.class)
                        .setImplementation(new MemoryErrorForm()));
        config.addExecutorConfig(new ExecutorConfig(Messenger.EXECUTOR, MESSAGE_THREADS).setStatisticsEnabled(false));
        String name = Signals.newName();
        config.getMemberAttributeConfig().setAttribute(Signals.NAME, name);
        JoinCheck.addTo(config);
        // Hazelcast would make one of the cluster's name, and name its threads by it.
        config.setInstanceName("holdfast-" + name);
        int expected = options.expectedSize();
        if (expected > 0)
            config.getMemberAttributeConfig().setAttribute(ExpectedSize.ATTRIBUTE, Integer.toString(expected));
        add(ClusterWire.part(), options, config);
        for (ClusterPart part : parts) add(part, options, config);
        return config;
    }

    private static void add(ClusterPart part, ClusterOptions options, Config config) {
        Agreement.addTo(config, part.agreed());
        part.serializers().forEach(config.getSerializationConfig().getCompactSerializationConfig()::addSerializer);
        part.maps()
                .forEach((map, merge) -> config.addMapConfig(new MapConfig(map)
                        .setInMemoryFormat(part.blobs().contains(map) ? InMemoryFormat.BINARY : InMemoryFormat.OBJECT)
                        .setBackupCount(options.backups())
                        .setMergePolicyConfig(new MergePolicyConfig().setPolicy(merge))));
    }

    /**
     * The classes that are read in Java's own serialization: exceptions and their parts, but never our records. No part may be
     * missing, because an exception that cannot be read leaves its caller waiting, and Hazelcast itself with it.
     */
    private static JavaSerializationFilterConfig filter() {
        JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
        filter.setDefaultsDisabled(true);
        filter.getWhitelist()
                .addPrefixes(
                        "com.hazelcast.",
                        "[Lcom.hazelcast.",
                        "java.lang.",
                        "[Ljava.lang.",
                        "java.util.concurrent.",
                        "java.util.Collections$")
                .addClasses(
                        "java.io.EOFException",
                        "java.io.FileNotFoundException",
                        "java.io.IOException",
                        "java.io.InvalidClassException",
                        "java.io.InvalidObjectException",
                        "java.io.NotSerializableException",
                        "java.io.ObjectStreamException",
                        "java.io.StreamCorruptedException",
                        "java.io.UncheckedIOException",
                        "java.util.ArrayList",
                        "java.util.Arrays$ArrayList",
                        "java.util.ConcurrentModificationException",
                        "java.util.NoSuchElementException",
                        "java.util.UUID",
                        "java.net.ConnectException",
                        "java.net.SocketException",
                        "java.net.SocketTimeoutException",
                        "java.net.UnknownHostException",
                        "java.nio.channels.ClosedChannelException");
        filter.getBlacklist().addPrefixes("java.lang.invoke.", "java.lang.reflect.");
        return filter;
    }

    /**
     * An {@link OutOfMemoryError} on its way to another member. There it becomes an exception, because every error of that class counts as
     * one of the own process.
     */
    private static final class MemoryErrorForm implements StreamSerializer<Throwable> {
        private static final int ID = 1;

        @Override
        public int getTypeId() {
            return ID;
        }

        @Override
        public void write(ObjectDataOutput out, Throwable error) throws IOException {
            out.writeString(error.getMessage());
        }

        @Override
        public Throwable read(ObjectDataInput in) throws IOException {
            return new OutOfMemory.Elsewhere(in.readString());
        }
    }

    private static Config network(ClusterOptions options) {
        try (InputStream file = open(options)) {
            return new YamlConfigBuilder(file).setProperties(variables(options)).build();
        } catch (IOException e) {
            throw new IllegalStateException("The cluster configuration cannot be read: " + e.getMessage(), e);
        }
    }

    private static InputStream open(ClusterOptions options) throws IOException {
        if (!options.configFile().isEmpty()) return Files.newInputStream(Path.of(options.configFile()));
        String resource = options.discovery().resource();
        InputStream found = MemberConfig.class.getClassLoader().getResourceAsStream(resource);
        if (found == null) throw new IOException(resource + " is missing from the archive");
        return found;
    }

    /**
     * Makes the member port serve members only. On the usual network of Hazelcast, any client that knows the name of the cluster could read
     * and change all state. There, a thread that writes also runs in circles while a peer is silent, and serves no other peer.
     */
    private static void serveMembersOnly(Config config) {
        AdvancedNetworkConfig members = config.getAdvancedNetworkConfig();
        if (members.isEnabled()) members.getEndpointConfigs().keySet().retainAll(Set.of(EndpointQualifier.MEMBER));
        else {
            NetworkConfig usual = config.getNetworkConfig();
            ServerSocketEndpointConfig port = new ServerSocketEndpointConfig()
                    .setPort(usual.getPort())
                    .setPortCount(usual.getPortCount())
                    .setPortAutoIncrement(usual.isPortAutoIncrement())
                    .setReuseAddress(usual.isReuseAddress())
                    .setPublicAddress(usual.getPublicAddress());
            port.setInterfaces(usual.getInterfaces())
                    .setOutboundPortDefinitions(usual.getOutboundPortDefinitions())
                    .setOutboundPorts(usual.getOutboundPorts())
                    .setSocketInterceptorConfig(usual.getSocketInterceptorConfig())
                    .setSSLConfig(usual.getSSLConfig());
            members.setEnabled(true)
                    .setJoin(usual.getJoin())
                    .setIcmpFailureDetectorConfig(usual.getIcmpFailureDetectorConfig())
                    .setMemberAddressProviderConfig(usual.getMemberAddressProviderConfig())
                    .setMemberEndpointConfig(port);
        }
    }

    private static Properties variables(ClusterOptions options) {
        Properties variables = new Properties();
        variables.setProperty("holdfast.cluster.name", name(options));
        variables.setProperty("holdfast.cluster.port", Integer.toString(options.port()));
        variables.setProperty("holdfast.cluster.interface", options.address());
        variables.setProperty("holdfast.cluster.peers", options.peers());
        variables.setProperty("holdfast.cluster.service-dns", options.serviceDns());
        variables.setProperty("holdfast.cluster.multicast-group", options.multicastGroup());
        variables.setProperty("holdfast.cluster.multicast-port", Integer.toString(options.multicastPort()));
        return variables;
    }

    /** The name before it is derived with the key. A member that shall be alone has one that nobody knows. */
    private static String name(ClusterOptions options) {
        if (options.isAlone()) return UUID.randomUUID().toString();
        return options.name().isEmpty() ? "alone" : options.name();
    }

    private static String seconds(Duration duration) {
        return Long.toString(duration.toSeconds());
    }
}
