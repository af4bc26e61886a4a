// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster.join;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerListTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1:5701, 10.0.0.1, 5701, true",
        "10.0.0.1:5701, 10.0.0.1, 5702, false",
        "10.0.0.1:5701, 10.0.0.2, 5701, false",
        "one.example:5701, 10.0.0.1, 5701, true",
        "one.example:5701, 10.0.0.3, 5701, false",
        // A host of several addresses.
        "two.example:5701, 10.0.0.2, 5701, true",
        "two.example:5701, 10.0.0.3, 5701, true",
        "nobody-knows.example:5701, 10.0.0.1, 5701, false",
        "[2001:db8::1]:5701, 2001:db8:0:0:0:0:0:1, 5701, true",
        "[2001:db8::1]:5701, 2001:db8::2, 5701, false",
        "2001:db8::1, 2001:db8::1, 5701, true",
        // As Hazelcast takes them in a file of its own.
        "10.0.0.1, 10.0.0.1, 5703, true",
        "10.0.0.1, 10.0.0.1, 5704, false",
        "10.0.0.*:5701, 10.0.0.77, 5701, true",
        "10.0.0.1-3:5701, 10.0.0.3, 5701, true",
        "10.0.0.1-3:5701, 10.0.0.4, 5701, false"
    })
    void aPeerNamesTheMembersAtItsAddresses(String peer, String address, int port, boolean named) throws Exception {
        PeerList list = new PeerList(List.of("elsewhere.example:1", peer), 5701, PeerListTest::resolve);

        assertEquals(named, list.names(new InetSocketAddress(InetAddress.getByName(address), port)));
    }

    private static InetAddress[] resolve(String host) throws UnknownHostException {
        return switch (host) {
            case "one.example" -> addresses("10.0.0.1");
            case "two.example" -> addresses("10.0.0.2", "10.0.0.3");
            case "elsewhere.example", "nobody-knows.example" -> throw new UnknownHostException(host);
            default -> InetAddress.getAllByName(host);
        };
    }

    private static InetAddress[] addresses(String... literals) throws UnknownHostException {
        InetAddress[] found = new InetAddress[literals.length];
        for (int i = 0; i < literals.length; i++) found[i] = InetAddress.getByName(literals[i]);
        return found;
    }
}
