// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.http.Peer;
import io.holdfast.http.RequestHead;
import io.holdfast.http.message.Headers;
import org.junit.jupiter.api.Test;

class LinkFetcherTest {
    private static String place(String host, String path, boolean tls) {
        return LinkFetcher.place(new RequestHead(
                        "GET", path, Headers.of("Host", host), false, -1, new Peer("127.0.0.1", tls, false)))
                .toString();
    }

    @Test
    void aRequestHasAPlaceWhateverItsNames() {
        assertEquals("http://a.example:1/b/c?d=e&f", place("a.example:1", "/b/c?d=e&f", false));
        assertEquals("https://[::1]/", place("[::1]", "/", true));
        assertEquals("http://a_b/x%5B1%5D%7C%22%25zz%20", place("a_b", "/x[1]|\"%zz%20", false));
        assertEquals("http://localhost/a", place("", "/a", false));
        assertEquals("http://localhost/a", place("a[b", "/a", false));
        assertEquals("http://localhost/a", place("a/b#c", "/a", false));
        assertEquals("http://a/", place("a", "*", false));
    }
}
