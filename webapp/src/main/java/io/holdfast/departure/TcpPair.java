// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.departure;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection by its local port and its remote end. Every address is one of IPv6, so that one form stands for all in which IPv4 is
 * written. Mutable, so that one of them serves to look up many.
 */
final class TcpPair {
    /** The beginning of an address of IPv4 as one of IPv6. */
    static final long MAPPED = 0xFFFF_0000_0000L;

    private long high, low;
    private int ports;

    static TcpPair of(InetAddress remote, int remotePort, int localPort) {
        TcpPair pair = new TcpPair();
        ByteBuffer bytes = ByteBuffer.wrap(remote.getAddress());
        if (bytes.remaining() == Integer.BYTES) pair.setAddress(0, MAPPED | Integer.toUnsignedLong(bytes.getInt()));
        else pair.setAddress(bytes.getLong(), bytes.getLong());
        pair.setPorts(localPort, remotePort);
        return pair;
    }

    void setAddress(long first, long second) {
        high = first;
        low = second;
    }

    void setPorts(int local, int remote) {
        ports = local << Character.SIZE | remote;
    }

    void copy(TcpPair other) {
        high = other.high;
        low = other.low;
        ports = other.ports;
    }

    int localPort() {
        return ports >>> Character.SIZE;
    }

    int remotePort() {
        return ports & Character.MAX_VALUE;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TcpPair pair && pair.high == high && pair.low == low && pair.ports == ports;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high * 31 + low) * 31 + ports;
    }
}
