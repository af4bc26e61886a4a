// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import io.holdfast.cluster.join.ClusterKey;
import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * How this member joins, and how safe the state of the cluster is.
 *
 * @param discovery how members find each other
 * @param name the name that members must share; required unless alone
 * @param key the secret that members must share
 * @param peers host:port of the members, separated by commas, for {@link Discovery#TCP_IP}
 * @param port the member port; 0 for one that the system chooses
 * @param address the address or pattern of the interface to bind
 * @param serviceDns the headless service, for {@link Discovery#KUBERNETES}
 * @param multicastGroup the group, for {@link Discovery#MULTICAST}
 * @param multicastPort the port of that group
 * @param configFile a Hazelcast configuration of the operator's own in place of the ready ones; empty for none
 * @param expected how many members there are to be; 0 for as many as {@code peers} make
 * @param minimumSize a cluster of fewer members neither writes nor vouches for anything; 0 for the majority
 * @param backups synchronous copies of every entry: how many members may be lost at once
 * @param heartbeatLimit a member that sends no heartbeat for so long counts as lost
 * @param skewLimit a member whose clock differs by more from those of the others is not ready
 * @param sweep how often waiters are checked against the state, in case a signal was lost
 * @param signals whether members send each other signals of changes; without them, only the sweep releases waiters
 * @param logLevel the least level of what Hazelcast logs
 */
public record ClusterOptions(
        Discovery discovery,
        String name,
        ClusterKey key,
        String peers,
        int port,
        String address,
        String serviceDns,
        String multicastGroup,
        int multicastPort,
        String configFile,
        int expected,
        int minimumSize,
        int backups,
        Duration heartbeatLimit,
        Duration skewLimit,
        Duration sweep,
        Signalling signals,
        Level logLevel) {

    /** Whether signals are sent. */
    public enum Signalling {
        ON,
        OFF
    }

    private static final String ANY = ".*";
    private static final Option<Discovery> DISCOVERY = Option.choice(
            "cluster.discovery",
            Discovery.SINGLE,
            Discovery.class,
            "How members find each other. Naming `cluster.peers` implies `tcp-ip`.");
    private static final Option<String> NAME = Option.text(
            "cluster.name",
            "",
            "[A-Za-z0-9._~-]{0,128}",
            "1 to 128 characters of A-Z a-z 0-9 . _ ~ -",
            "The name that members must share. Required unless `single`.");
    private static final Option<String> KEY = Option.text(
            "cluster.key",
            "",
            "(?s).*",
            "text of 16 bytes or more, or base64: and the bytes, or file: and a path",
            "The secret that members must share: only members with the same key and name join. It is sent nowhere, and logged nowhere.");
    private static final Option<String> PEERS = Option.text(
            "cluster.peers",
            "",
            "([A-Za-z0-9.:\\[\\]-]+:\\d{1,5}(\\s*,\\s*[A-Za-z0-9.:\\[\\]-]+:\\d{1,5})*)?",
            "HOST:PORT, separated by commas",
            "The addresses of the members; this member's own may be included.");
    private static final int USUAL_PORT = 5701;
    private static final Option<Integer> GIVEN_PORT = Option.number("cluster.port", USUAL_PORT, 1, 65535, "");
    private static final Option<Integer> PORT = new Option<>(
            GIVEN_PORT.key(),
            "",
            GIVEN_PORT.rule(),
            "The member port: " + USUAL_PORT
                    + " unless it is set. In `single`, it is one that the system chooses unless it is set.",
            text -> text.isEmpty() ? 0 : GIVEN_PORT.parser().apply(text));
    private static final Option<String> ADDRESS = Option.text(
            "cluster.interface",
            "127.0.0.1",
            "[0-9a-fA-F.:*-]+",
            "an IP address, in which * stands for any number",
            "The interface that the member port binds; in `single` always the loopback interface.");
    private static final Option<String> SERVICE_DNS = Option.text(
            "cluster.service-dns", "", ANY, "a DNS name", "The headless service whose addresses are the members.");
    private static final Option<String> MULTICAST_GROUP = Option.text(
            "cluster.multicast-group", "224.2.2.3", "[0-9.]+", "an IPv4 multicast address", "The multicast group.");
    private static final Option<Integer> MULTICAST_PORT =
            Option.number("cluster.multicast-port", 54327, 1, 65535, "The port of the multicast group.");
    private static final Option<String> CONFIG_FILE = Option.text(
            "cluster.config-file",
            "",
            ANY,
            "a path",
            "A Hazelcast YAML file of your own for network and discovery, in place of the ready ones.");
    private static final Option<Integer> EXPECTED = Option.number(
            "cluster.expected",
            0,
            0,
            1000,
            "How many members there are to be. 0 is as many as `cluster.peers` make, with this member; without peers, nobody knows."
                    + " A member that expects another number than most is not ready.");
    private static final Option<Integer> MINIMUM_SIZE = Option.number(
            "cluster.minimum-size",
            0,
            0,
            1000,
            "The smallest cluster that writes. Below it, writes and reads that cannot wait are refused. 0 is more than half of"
                    + " `cluster.expected`, or of the most members that were seen together. So at most one side of a split goes on. Of two"
                    + " members, each goes on alone.");
    private static final Option<Integer> BACKUPS = Option.number(
            "cluster.backups", 1, 0, 6, "Synchronous copies of every entry: how many members may be lost at once.");
    private static final Option<Duration> HEARTBEAT_LIMIT = Option.duration(
            "cluster.heartbeat-limit",
            "5s",
            "3s",
            "5m",
            "A member that sends no heartbeat for this long counts as lost. A shorter limit ends the stall of a frozen member"
                    + " sooner; a longer limit tolerates longer pauses.");
    private static final Option<Duration> SKEW_LIMIT = Option.duration(
            "cluster.skew-limit",
            "5m",
            "1s",
            "1000d",
            "A member whose clock differs by more from those of the other members is not ready. Members share one time for all that they"
                    + " store, so a wrong clock loses nothing.");
    private static final Option<Duration> SWEEP = Option.duration(
            "cluster.sweep",
            "2s",
            "100ms",
            "1m",
            "How often waiters are checked against the state, in case a signal was lost.");
    private static final Option<Signalling> SIGNALS = Option.choice(
            "cluster.signals",
            Signalling.ON,
            Signalling.class,
            "Whether members send each other signals of changes. Off is for diagnosis: the sweep then releases waiters.");

    private static final Option<Level> LOG_LEVEL = Option.choice(
            "cluster.log-level",
            Level.WARNING,
            Level.class,
            "The least level of what Hazelcast logs. The logging of the server can only narrow it further.");

    /** Reads the options. Faults that concern several of them are added to the faults of the settings. */
    public static ClusterOptions read(Settings settings) {
        Discovery chosen = settings.get(DISCOVERY);
        String name = settings.get(NAME);
        ClusterKey key = key(settings);
        String peers = settings.get(PEERS).replaceAll("\\s", "");
        Discovery discovery = chosen == Discovery.SINGLE && !peers.isEmpty() ? Discovery.TCP_IP : chosen;
        int port = settings.get(PORT);
        ClusterOptions options = new ClusterOptions(
                discovery,
                name,
                key,
                peers,
                port == 0 && discovery != Discovery.SINGLE ? USUAL_PORT : port,
                settings.get(ADDRESS),
                settings.get(SERVICE_DNS),
                settings.get(MULTICAST_GROUP),
                settings.get(MULTICAST_PORT),
                settings.get(CONFIG_FILE),
                settings.get(EXPECTED),
                settings.get(MINIMUM_SIZE),
                settings.get(BACKUPS),
                settings.get(HEARTBEAT_LIMIT),
                settings.get(SKEW_LIMIT),
                settings.get(SWEEP),
                settings.get(SIGNALS),
                settings.get(LOG_LEVEL));
        options.noteFaults(settings);
        return options;
    }

    /** How many members there are to be; 0 if nobody knows. Looks up the names of the peers, so this may block. */
    int expectedSize() {
        if (expected > 0) return expected;
        return switch (discovery) {
            case SINGLE -> configFile.isEmpty() ? 1 : 0;
            case TCP_IP -> configFile.isEmpty() ? PeerCount.of(peers, port) : 0;
            case MULTICAST, KUBERNETES -> 0;
        };
    }

    /** A fault names what is wrong with the key, but never shows it. */
    private static ClusterKey key(Settings settings) {
        try {
            return ClusterKey.of(settings.get(KEY));
        } catch (IllegalArgumentException e) {
            settings.fault(KEY.key() + " must be " + KEY.rule() + ": " + e.getMessage() + ".");
            return ClusterKey.NONE;
        }
    }

    /** Whether this member is not to join any other. */
    boolean isAlone() {
        return discovery == Discovery.SINGLE && configFile.isEmpty();
    }

    private void noteFaults(Settings settings) {
        if (!configFile.isEmpty()) return;
        if (discovery != Discovery.SINGLE && name.isEmpty())
            settings.fault("cluster.name must be set when members are to join, so that strangers do not.");
        if (discovery == Discovery.TCP_IP && peers.isEmpty())
            settings.fault("cluster.peers must name at least one member for the discovery tcp-ip.");
        if (discovery == Discovery.KUBERNETES && serviceDns.isEmpty())
            settings.fault("cluster.service-dns must name the headless service for the discovery kubernetes.");
    }
}
