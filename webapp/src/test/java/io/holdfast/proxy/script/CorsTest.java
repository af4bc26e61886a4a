// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.script;

import static io.holdfast.grip.Samples.headers;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.http.message.Headers;
import org.junit.jupiter.api.Test;

class CorsTest {
    @Test
    void aResponseMayBeReadByScriptsOfAnyOrigin() {
        assertEquals(
                headers(
                        "Content-Type", "text/plain",
                        "Access-Control-Allow-Methods", "OPTIONS, HEAD, GET, POST, PUT, DELETE",
                        "Access-Control-Allow-Credentials", "true",
                        "Access-Control-Allow-Origin", "*",
                        "Access-Control-Max-Age", "3600"),
                Cors.added(Headers.NONE, headers("Content-Type", "text/plain")));
    }

    @Test
    void requestedMethodsAndHeadersAreAllowed() {
        assertEquals(
                headers(
                        "Access-Control-Allow-Methods", "PATCH",
                        "Access-Control-Allow-Headers", "X-A, X-B, X-C",
                        "Access-Control-Allow-Credentials", "true",
                        "Access-Control-Allow-Origin", "https://example.org",
                        "Access-Control-Max-Age", "3600"),
                Cors.added(
                        headers(
                                "origin", "https://example.org",
                                "Access-Control-Request-Method", "PATCH",
                                "Access-Control-Request-Headers", "X-A,X-B,",
                                "access-control-request-headers", "X-C"),
                        Headers.NONE));
    }

    @Test
    void headersThatAreNotSimpleAreExposedOnce() {
        Headers response = headers(
                "cache-control",
                "no-store",
                "Content-Language",
                "de",
                "Content-Length",
                "1",
                "Content-Type",
                "a/b",
                "Expires",
                "0",
                "Last-Modified",
                "x",
                "Pragma",
                "x",
                "Grip-Foo",
                "1",
                "Access-Control-Foo",
                "1",
                "ETag",
                "1",
                "X-A",
                "1",
                "x-a",
                "2");

        assertEquals(
                "ETag, X-A",
                Cors.added(Headers.NONE, response)
                        .first("Access-Control-Expose-Headers")
                        .orElseThrow());
    }

    @Test
    void headersOfTheBackendAreKept() {
        Headers response = headers(
                "access-control-allow-methods", "GET",
                "access-control-allow-headers", "X",
                "access-control-expose-headers", "Y",
                "access-control-allow-credentials", "false",
                "access-control-allow-origin", "https://a",
                "access-control-max-age", "1",
                "X-Z", "1");

        assertEquals(response, Cors.added(headers("Origin", "https://b"), response));
    }
}
