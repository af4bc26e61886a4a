// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that may speak for their clients. The headers by which proxies do so count only in requests from one of these, and are
 * dropped from all others: anybody could send them.
 *
 * @param networks the networks of their addresses
 */
public record TrustedProxies(List<Network> networks) {
    /** No proxy is trusted. */
    public static final TrustedProxies NONE = new TrustedProxies(List.of());

    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
    /** No other text may reach the JDK, which would ask the name service for it. */
    private static final Pattern LITERAL =
            Pattern.compile(BYTE + "(\\." + BYTE + "){3}|[0-9A-Fa-f:][0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    public TrustedProxies {
        networks = List.copyOf(networks);
    }

    /**
     * The addresses that begin with the same bits.
     *
     * @param address one of them
     * @param bits how many bits they have in common
     */
    public record Network(InetAddress address, int bits) {

        private static Network of(String text) {
            String[] parts = text.split("/", -1);
            InetAddress address = literal(parts[0]).orElseThrow(IllegalArgumentException::new);
            int longest = address.getAddress().length * Byte.SIZE;
            if (parts.length == 1) return new Network(address, longest);
            if (parts.length > 2 || !parts[1].matches("[0-9]{1,3}")) throw new IllegalArgumentException();
            int bits = Integer.parseInt(parts[1]);
            if (bits > longest) throw new IllegalArgumentException();
            return new Network(address, bits);
        }

        private boolean has(InetAddress other) {
            byte[] ours = address.getAddress(), theirs = other.getAddress();
            if (ours.length != theirs.length) return false;
            for (int i = 0; i < bits; i++) {
                int mask = 0x80 >> i % Byte.SIZE;
                if (((ours[i / Byte.SIZE] ^ theirs[i / Byte.SIZE]) & mask) != 0) return false;
            }
            return true;
        }
    }

    /**
     * The proxies at these addresses and in these networks, separated by commas.
     *
     * @throws IllegalArgumentException if one of them is neither
     */
    public static TrustedProxies of(String text) {
        if (text.isBlank()) return NONE;
        List<Network> networks = new ArrayList<>();
        for (String each : text.split(",", -1)) networks.add(Network.of(each.strip()));
        return new TrustedProxies(networks);
    }

    /** Whether a request from this address may speak for another. */
    public boolean trust(@Nullable String address) {
        return address != null
                && !networks.isEmpty()
                && literal(address)
                        .filter(found -> networks.stream().anyMatch(network -> network.has(found)))
                        .isPresent();
    }

    /** The address, if the text is one; a name is none. */
    static Optional<InetAddress> literal(String text) {
        int zone = text.indexOf('%');
        String bare = zone < 0 ? text : text.substring(0, zone);
        if (bare.startsWith("[") && bare.endsWith("]")) bare = bare.substring(1, bare.length() - 1);
        if (!LITERAL.matcher(bare).matches()) return Optional.empty();
        try {
            return Optional.of(InetAddress.getByName(bare));
        } catch (UnknownHostException none) {
            return Optional.empty();
        }
    }

    /** The headers without those that this sender has no right to, and without names that programs may take for one of those. */
    static Headers heard(Headers headers, boolean trusted) {
        return headers.only(
                name -> !Header.imitates(name, Header::isOnBehalf) && (trusted || !Header.isOnBehalf(name)));
    }
}
