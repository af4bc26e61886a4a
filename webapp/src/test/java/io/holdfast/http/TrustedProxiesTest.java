// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.http.message.Headers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "10.0.0.0/8, 10.255.1.2",
        "10.9.9.9/8, 10.1.1.1",
        "192.168.4.0/22, 192.168.7.255",
        "0.0.0.0/0, 203.0.113.9",
        "::1, 0:0:0:0:0:0:0:1",
        "::1, [::1]",
        "fd00::/8, fdab::7",
        "fe80::/10, fe80::1%eth0",
        "10.0.0.1, ::ffff:10.0.0.1",
        "::ffff:10.0.0.1, 10.0.0.1",
        "'192.0.2.1, ::1 ,10.0.0.0/8', 10.1.2.3"
    })
    void anAddressWithinANetworkIsTrusted(String trusted, String address) {
        assertTrue(TrustedProxies.of(trusted).trust(address));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.2",
        "10.0.0.0/8, 11.0.0.0",
        "192.168.4.0/22, 192.168.8.0",
        "127.0.0.1, ::1",
        "0.0.0.0/0, ::1",
        "127.0.0.0/8, localhost",
        "127.0.0.0/8, 127.0.0.1.example",
        "127.0.0.0/8, 127.1",
        "127.0.0.0/8, 2130706433",
        "127.0.0.0/8, ''",
        "'', 127.0.0.1"
    })
    void anyOtherAddressIsNotAndANameIsNoAddress(String trusted, String address) {
        assertFalse(TrustedProxies.of(trusted).trust(address));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "10.0.0.0/33",
                "::1/129",
                "10.0.0.0/",
                "10.0.0.0/8/8",
                "10.0.0",
                "256.0.0.1",
                "10.0.0.1,",
                "10.0.0.1 10.0.0.2",
                "fe80:::1",
                "/8",
                "10.0.0.0/-1"
            })
    void anythingElseIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> TrustedProxies.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"X_Forwarded_For", "x-forwarded_proto", "X_REAL_IP", "Proxy_Ip", "True_Client-IP"})
    void anUnderscoreNeverPasses(String name) {
        Headers headers = Headers.of(name, "127.0.0.1", "X_Other", "1");

        for (boolean trusted : new boolean[] {true, false})
            assertEquals(Headers.of("X_Other", "1"), TrustedProxies.heard(headers, trusted));
    }

    @ParameterizedTest
    @CsvSource({
        "X-Forwarded-Proto, https, true",
        "x-forwarded-proto, HTTPS, true",
        "X-Forwarded-Proto, wss, true",
        "X-Forwarded-Proto, 'https, http', true",
        "X-Forwarded-Proto, http, false",
        "X-Forwarded-Proto, '', false",
        "Forwarded, 'for=192.0.2.1;proto=https', true",
        "Forwarded, 'for=192.0.2.1;Proto=\"https\";by=x', true",
        "Forwarded, 'for=a;proto=https, for=b;proto=http', false",
        "Forwarded, 'for=a;proto=http, for=b;proto=https', true",
        "Forwarded, 'for=a;myproto=https', false",
        "X-Other, https, false"
    })
    void aTrustedProxyReportsWhetherItsClientUsesTls(String name, String value, boolean tls) {
        Headers headers = Headers.of(name, value);

        assertEquals(tls, Peer.of("10.0.0.1", false, true, headers).tls());
        assertFalse(Peer.of("10.0.0.1", false, false, headers).tls(), "anybody else");
    }
}
