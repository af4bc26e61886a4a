// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.Holdfast;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://host/",
                "file:///etc/passwd",
                "host:8080",
                "/channels",
                "http:///x",
                "http://me:pw@host/",
                "http://host/?a=b",
                "http://host/#a",
                "http:host"
            })
    void onlyPlainHttpAddressesAreAccepted(String address) {
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> Holdfast.at(URI.create(address)));

        assertTrue(error.getMessage().startsWith("An address must"), error.getMessage());
        assertFalse(error.getMessage().contains("pw"), error.getMessage());
    }

    @Test
    void atLeastOneAddressIsRequired() {
        assertThrows(IllegalArgumentException.class, Holdfast::at);
    }

    @Test
    void aCopyBeginsAtTheAddressThatWorksForTheOthers() {
        Addresses addresses = Addresses.of(List.of(URI.create("http://a:1/"), URI.create("HTTPS://b/x//")));
        Addresses other = addresses.copy();
        addresses.advance();
        assertEquals(URI.create("HTTPS://b/x"), addresses.current());
        assertEquals(URI.create("http://a:1"), other.current());
        other.advance();
        assertEquals(URI.create("HTTPS://b/x"), addresses.copy().current());
        addresses.advance();
        assertEquals(URI.create("http://a:1"), addresses.current());
    }

    @ParameterizedTest
    @CsvSource({
        "http://a/x, http://a:80/y, true",
        "https://a/x, HTTPS://A:443/y, true",
        "http://a/, https://a/, false",
        "http://a/, http://b/, false",
        "http://a:80/, http://a:81/, false"
    })
    void anOriginIsASchemeAHostAndAPort(String one, String other, boolean same) {
        assertEquals(same, Addresses.isSameOrigin(URI.create(one), URI.create(other)));
    }
}
