// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.join;

import com.hazelcast.internal.util.AddressUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The members that are expected: each {@code host:port}, or {@code host} for the usual ports. In place of the host, a pattern such as
 * {@code 10.0.0.*} stands for many addresses.
 */
public final class PeerList {
    private static final Pattern PEER = Pattern.compile("\\[?(.+?)]?(?::(\\d{1,5}))?");
    private static final Pattern MANY = Pattern.compile("[0-9.*-]*[*-][0-9.*-]*");

    /** Hazelcast looks for a peer without a port at so many. */
    private static final int USUAL_PORTS = 3;

    /** Finds all addresses of a host. */
    @FunctionalInterface
    public interface Resolver {
        /** The addresses of the host, which is a name or an address. */
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    private final List<String> peers;
    private final int port;
    private final Resolver resolver;

    /**
     * A list of members.
     *
     * @param port the first of the usual ports
     */
    public PeerList(List<String> peers, int port, Resolver resolver) {
        this.peers = List.copyOf(peers);
        this.port = port;
        this.resolver = resolver;
    }

    /** Whether a member at that address is expected. Blocks while names are resolved. */
    public boolean names(InetSocketAddress member) {
        return peers.stream().anyMatch(peer -> isAt(peer, member));
    }

    private boolean isAt(String peer, InetSocketAddress member) {
        Matcher parts = PEER.matcher(bare(peer) ? "[" + peer + "]" : peer);
        if (!parts.matches() || !isPort(parts.group(2), member.getPort())) return false;
        String host = parts.group(1);
        InetAddress address = member.getAddress();
        try {
            if (address == null) return host.equals(member.getHostString());
            if (MANY.matcher(host).matches()) return AddressUtil.matchInterface(address.getHostAddress(), host);
            return Stream.of(resolver.addresses(host)).anyMatch(address::equals);
        } catch (UnknownHostException | RuntimeException e) {
            return false; // A name that nobody knows names nobody.
        }
    }

    /** Whether this is an IPv6 address without brackets, which cannot have a port. */
    private static boolean bare(String peer) {
        return !peer.startsWith("[") && peer.indexOf(':') != peer.lastIndexOf(':');
    }

    private boolean isPort(String named, int found) {
        return named == null ? found >= port && found < port + USUAL_PORTS : Integer.parseInt(named) == found;
    }
}
