// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.http.Peer;
import io.holdfast.http.RequestHead;
import io.holdfast.http.message.Headers;
import io.holdfast.proxy.routes.Lines;
import io.holdfast.proxy.routes.Route;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublicPathsTest {

    private static String shown(String context, String line, String name, String value) {
        Route route = Lines.route(line);
        RequestHead head = new RequestHead(
                "GET", "/", Headers.of("Host", "shop.example"), false, -1, new Peer("10.0.0.1", false, false));
        return new PublicPaths(context, route, head)
                .shown(Headers.of("X-Other", "/b/", name, value))
                .first(name)
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "/x/, /b/, '', /b/login, /x/login",
        "/x/, /b/, '', /b/, /x/",
        "/x/, /b/, '', /other, /other",
        "/x, /b, '', /b/login, /x/login",
        "/x/, /, '', /login?a=/b/, /x/login?a=/b/",
        "/x/, '', '', /login, /x/login",
        "/x/, /, '', /x/login, /x/login",
        "/api/, /api/v2/, '', /api/v2/login, /api/login",
        "/x/, /b/, '', login, login",
        "/x/, /b/, '', ../b/, ../b/",
        "/x/, /b/, '', '?a=/b/', '?a=/b/'",
        "/x/, /b/, '', '', ''",
        "/x/, /b/, '', https://shop.example/b/login, https://shop.example/x/login",
        "/x/, /b/, '', //SHOP.example/b/login, //SHOP.example/x/login",
        "/x/, /b/, '', http://backend:8080/b/login, /x/login",
        "/x/, /b/, '', http://inner.example/b/login, /x/login",
        "/x/, /b/, '', http://elsewhere.example/b/login, http://elsewhere.example/b/login",
        "/x/, /b/, '', mailto:a@b/b/, mailto:a@b/b/",
        "'', /b, '', /b//evil.example, /b//evil.example",
        "/x/, /b/, /holdfast, /b/login, /holdfast/x/login",
        "/x/, /b/, /holdfast, /holdfast/x/login, /holdfast/x/login",
        "/x/, none, /holdfast, /x/login, /holdfast/x/login",
        "/x/, /, '', //elsewhere.example, //elsewhere.example",
        "/x/, /, /holdfast, //elsewhere.example?a, //elsewhere.example?a",
        "/x, '', '', /xylophone, /x/xylophone",
        "/x, '', '', /x?a, /x?a",
        "'', none, /holdfast, /holdfast2, /holdfast/holdfast2",
        "/x/, none, '', /b/login, /b/login"
    })
    void aPlaceIsWhereTheClientFindsIt(String begin, String replaced, String context, String place, String expected) {
        String line = "*" + (begin.isEmpty() ? "" : ",path_beg=" + begin)
                + (replaced.equals("none") ? "" : ",replace_beg=" + replaced) + " backend:8080,host=inner.example";

        assertEquals(expected, shown(context, line, "Location", place));
        assertEquals(expected, shown(context, line, "content-location", place));
        assertEquals("/b/", shown(context, line, "X-Same", "/b/"));
    }

    @ParameterizedTest
    @CsvSource({
        "a=/b/; Path=/b/, a=/b/; Path=/x/",
        "a=1; path=/b/c; Secure, a=1; path=/x/c; Secure",
        "a=1; Path=/b, a=1; Path=/x",
        "a=1; Path=/, a=1; Path=/",
        "a=1; Path=/other, a=1; Path=/other",
        "a=1; Path = \"/b/\", a=1; Path = \"/x/\"",
        "a=1; Domain=/b/, a=1; Domain=/b/",
        "__Host-a=1; Path=/; Secure, __Host-a=1; Path=/; Secure"
    })
    void aCookieIsForThePathsOfTheClient(String cookie, String expected) {
        assertEquals(expected, shown("", "*,path_beg=/x/,replace_beg=/b/ backend:8080", "Set-Cookie", cookie));
    }
}
