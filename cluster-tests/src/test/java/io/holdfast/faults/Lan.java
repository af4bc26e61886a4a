// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import io.holdfast.testing.Ports;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Hosts on one network, made of network namespaces on a bridge with the test itself. Packets between hosts can be dropped. */
final class Lan implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** A new name each time, because the system takes a while to remove the bearer of an old one. */
    private final String id = ProcessHandle.current().pid() % 100_000 + "x" + COUNT.incrementAndGet();

    private final String bridge = "hfb" + id;
    private final String network = "10.213." + Ports.block() + ".";
    private final List<String> made = new ArrayList<>();
    private final int hosts;

    /** Three hosts. */
    Lan() {
        this(3);
    }

    Lan(int hosts) {
        this.hosts = hosts;
        try {
            Spawned.run("ip", "link", "add", bridge, "type", "bridge");
            Spawned.run("ip", "address", "add", network + "1/24", "dev", bridge);
            Spawned.run("ip", "link", "set", bridge, "up");
            for (int host = 0; host < hosts; host++) add(host);
        } catch (Throwable t) {
            close();
            throw new AssertionError(
                    "A cluster can only be split where network namespaces can be made: as root, with iproute2 and iptables, which"
                            + " ./verify installs",
                    t);
        }
    }

    private void add(int host) {
        String namespace = namespace(host), veth = "hfv" + id + host;
        Spawned.run("ip", "netns", "add", namespace);
        made.add(namespace);
        Spawned.run("ip", "link", "add", veth, "type", "veth", "peer", "name", "eth0", "netns", namespace);
        Spawned.run("ip", "link", "set", veth, "master", bridge, "up");
        Spawned.run("ip", "-n", namespace, "address", "add", address(host) + "/24", "dev", "eth0");
        Spawned.run("ip", "-n", namespace, "link", "set", "eth0", "up");
        Spawned.run("ip", "-n", namespace, "link", "set", "lo", "up");
    }

    private String namespace(int host) {
        return "hf" + id + "-" + host;
    }

    int hosts() {
        return hosts;
    }

    String address(int host) {
        return network + (11 + host);
    }

    /** The words before a command that runs on that host. */
    List<String> on(int host) {
        return List.of("ip", "netns", "exec", namespace(host));
    }

    /** Drops all packets between this host and the others. No host is informed. */
    void isolate(int host) {
        for (int other = 0; other < hosts; other++) {
            if (other == host) continue;
            String address = address(other), namespace = namespace(host);
            Spawned.run("ip", "netns", "exec", namespace, "iptables", "-A", "INPUT", "-s", address, "-j", "DROP");
            Spawned.run("ip", "netns", "exec", namespace, "iptables", "-A", "OUTPUT", "-d", address, "-j", "DROP");
        }
    }

    void heal(int host) {
        Spawned.run("ip", "netns", "exec", namespace(host), "iptables", "-F");
    }

    @Override
    public void close() {
        for (String namespace : made) Spawned.run("ip", "netns", "delete", namespace);
        Spawned.run(
                "sh", "-c", "if ip link show " + bridge + " >/dev/null 2>&1; then ip link delete " + bridge + "; fi");
    }
}
