// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Set;

/** How many members a list of peers makes: the distinct peers, and this member. */
final class PeerCount {
    private PeerCount() {}

    /**
     * Counts them. Names are looked up, so this may block.
     *
     * @param peers each {@code host:port}, separated by commas; this member may be among them
     * @param port the member port of this member
     */
    static int of(String peers, int port) {
        Set<Object> others = new HashSet<>();
        for (String peer : peers.split(",", -1)) {
            int colon = peer.lastIndexOf(':');
            InetSocketAddress address =
                    new InetSocketAddress(peer.substring(0, colon), Integer.parseInt(peer.substring(colon + 1)));
            // A name that nobody knows yet is another member's.
            if (address.isUnresolved()) others.add(peer);
            else if (address.getPort() != port || !isHere(address.getAddress())) others.add(address);
        }
        return others.size() + 1;
    }

    private static boolean isHere(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}
