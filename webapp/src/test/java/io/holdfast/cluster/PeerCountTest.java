// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How many members a list of peers makes; this one has the port 5701 of this machine. No machine can have an address of
 * 240.0.0.0/4, so those are always others.
 */
class PeerCountTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "240.0.0.1:5701|2",
                "240.0.0.1:5701,240.0.0.2:5701|3",
                "240.0.0.1:5701,240.0.0.1:5701|2",
                "240.0.0.1:5701,240.0.0.1:5702|3",
                "127.0.0.1:5701|1",
                "127.0.0.1:5701,127.0.0.1:5702,127.0.0.1:5703|3",
                "127.0.0.1:5702,127.0.0.1:5703|3",
                "localhost:5701,localhost:5702|2",
                "localhost:5702,127.0.0.1:5702|2",
                "a.invalid:5701,b.invalid:5701|3",
                "a.invalid:5701,a.invalid:5701|2",
            })
    void thePeersAndThisMemberAreCountedOnce(String peers, int members) {
        assertEquals(members, PeerCount.of(peers, 5701));
    }
}
