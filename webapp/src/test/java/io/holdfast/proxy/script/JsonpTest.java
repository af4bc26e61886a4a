// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.script;

import static io.holdfast.grip.Samples.bytes;
import static io.holdfast.grip.Samples.headers;
import static io.holdfast.grip.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.http.message.HeaderText;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.message.ResponseFilter;
import io.holdfast.proxy.script.Jsonp.Asked;
import io.holdfast.proxy.script.Jsonp.Options;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonpTest {
    private static final Options BODY = new Options(false, "cb", "data", "go", "POST");

    private static Optional<Asked> asked(String target, Options options) {
        return Jsonp.asked("GET", target, headers("Host", "a:1", "Accept", "text/html", "X", "1"), options);
    }

    private static Asked extended(String target) {
        return asked(target, Options.EXTENDED).orElseThrow();
    }

    private static void refused(String message, String target, Options options) {
        assertEquals(
                message,
                assertThrows(JsonpException.class, () -> asked(target, options), target)
                        .getMessage());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text.replace('\'', '"'), StandardCharsets.UTF_8)
                .replace("+", "%20");
    }

    @Test
    void aRequestIsForJsonpIfItNamesACallback() {
        assertEquals(
                new Jsonp("jQuery_1.a[0]", true),
                extended("/p?callback=jQuery_1.a%5B0%5D").jsonp());
        assertEquals(Optional.empty(), asked("/p?call=x", Options.EXTENDED));
        assertEquals(Optional.empty(), asked("/p", Options.EXTENDED));
        assertEquals(Optional.empty(), Jsonp.asked("POST", "/p?callback=x", Headers.NONE, Options.EXTENDED));
        assertEquals(Optional.empty(), asked("/p?callback=x", BODY));
        assertEquals(new Jsonp("x", false), asked("/p?cb=x", BODY).orElseThrow().jsonp());
    }

    @Test
    void theRequestIsTheOneThatThePageMeans() {
        Asked asked = extended("/p?a=1&callback=x&_method=PUT&_headers="
                + encoded("{'X-Y':'ü','host':'b','Accept':'c','Content-Length':'9','transfer-encoding':'chunked'}")
                + "&_body=" + encoded("a+b ü") + "&b=2");

        assertEquals("PUT", asked.method());
        assertEquals("/p?a=1&b=2", asked.target());
        assertEquals(headers("X-Y", HeaderText.wire("ü"), "Host", "a:1", "Accept", "*/*", "X", "1"), asked.headers());
        assertEquals("a+b ü", text(asked.body()));
    }

    @Test
    void aRequestWithoutOptionsIsAGetWithoutABody() {
        Asked asked = extended("/p?callback=x");

        assertEquals("GET", asked.method());
        assertEquals("/p", asked.target());
        assertEquals(0, asked.body().length);
        assertEquals("POST", asked("/p?callback=x", Options.BASIC).orElseThrow().method());
        assertEquals("/?a+b=%20&&c", extended("/?a+b=%20&callback=x&&c").target());
    }

    @Test
    void aRouteMayHaveTheBodyAloneInAParameter() {
        Asked asked = asked(
                        "/p?data=" + encoded("{'a':1}") + "&_body=x&_headers="
                                + encoded("{'content-type':'text/plain'}"),
                        BODY)
                .orElseThrow();

        assertEquals(new Jsonp("go", false), asked.jsonp());
        assertEquals("/p?_body=x", asked.target());
        assertEquals("{\"a\":1}", text(asked.body()));
        assertEquals(
                headers("Content-Type", "application/json", "Host", "a:1", "Accept", "*/*", "X", "1"), asked.headers());
        assertEquals(
                headers("Host", "a:1", "Accept", "*/*", "X", "1"),
                asked("/p?cb=x", BODY).orElseThrow().headers());
    }

    @Test
    void aMalformedTextIsRefusedInTheWordsOfPushpin() {
        for (String callback : List.of("", "%", "%4", "%zz", "alert(1)", "a;b", "a%0Ab", "a".repeat(129)))
            refused("Invalid callback parameter.", "/?callback=" + callback, Options.EXTENDED);
        for (String method : List.of("", "G%20T", "%0d", "%"))
            refused("Invalid _method parameter.", "/?callback=x&_method=" + method, Options.EXTENDED);
        for (String headers : List.of("", "{", encoded("['a']"), encoded("{'a':1}"), encoded("{'a b':'c'}"), "%"))
            refused("Invalid _headers parameter.", "/?callback=x&_headers=" + headers, Options.EXTENDED);
        refused("Invalid _body parameter.", "/?callback=x&_body=%", Options.EXTENDED);
        refused("Invalid body parameter.", "/?cb=x&data=%2", BODY);
    }

    private static PassedResponse wrapped(boolean extended, String body, String... namesAndValues) {
        return new Jsonp("cb", extended)
                .recoding()
                .whole(new PassedResponse(404, headers(namesAndValues), bytes(body)));
    }

    @Test
    void theCallHasTheWholeResponse() {
        PassedResponse call = wrapped(true, "a\"b\\\n\u2028ü😀\n", "X", "1", "x", "2", "Cache-Control", "no-store");

        assertEquals(200, call.status());
        assertEquals(headers("Content-Type", "application/javascript", "Cache-Control", "no-store"), call.headers());
        assertEquals(
                "/**/cb({\"code\": 404, \"reason\": \"Not Found\", \"headers\": {\"Cache-Control\":\"no-store\",\"X\":\"1\"}, "
                        + "\"body\": \"a\\\"b\\\\\\n\\u2028ü😀\\n\"});\n",
                text(call.body()));
        assertEquals(
                "/**/cb({\"code\": 404, \"reason\": \"Not Found\", \"headers\": {}, \"body\": \"\"});\n",
                text(wrapped(true, "").body()));
    }

    @Test
    void theCallMayHaveTheBodyAlone() {
        assertEquals("/**/cb({\"a\":1});\n", text(wrapped(false, "{\"a\":1}\n").body()));
        assertEquals("/**/cb([1]);\n", text(wrapped(false, "[1]\r\n").body()));
        assertEquals("/**/cb(1\r);\n", text(wrapped(false, "1\r").body()));
        assertEquals("/**/cb(1\n);\n", text(wrapped(false, "1\n\n").body()));
        assertEquals("/**/cb();\n", text(wrapped(false, "").body()));
    }

    @Test
    void anAnswerOfOurOwnIsShownToo() {
        PassedResponse call = new Jsonp("cb", true)
                .recoding()
                .whole(OwnResponse.text(503, "no\n").with("Retry-After", "1"));

        assertEquals(
                "/**/cb({\"code\": 503, \"reason\": \"Service Unavailable\", \"headers\": {\"Cache-Control\":\"no-store\","
                        + "\"Content-Type\":\"text/plain\",\"Retry-After\":\"1\"}, \"body\": \"no\\n\"});\n",
                text(call.body()));
    }

    @Test
    void itDoesNotMatterHowTheBodyIsCut() {
        byte[] body = bytes("ü€😀\r\n\n\r a\r\n");
        for (boolean extended : new boolean[] {true, false}) {
            String whole = text(wrapped(extended, text(body)).body());
            for (long seed = 0; seed < 300; seed++) {
                Random random = new Random(seed);
                ResponseFilter writer = new Jsonp("cb", extended).recoding();
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                out.writeBytes(writer.begin(404, Headers.NONE, new byte[0]).body());
                for (int from = 0; from < body.length; ) {
                    int to = Math.min(body.length, from + random.nextInt(4));
                    out.writeBytes(writer.apply(Arrays.copyOfRange(body, from, to)));
                    from = to;
                }
                out.writeBytes(writer.end());
                assertEquals(whole, text(out.toByteArray()), "seed " + seed);
            }
        }
    }

    @Test
    void bytesThatAreNotTextBecomeReplacementCharacters() {
        PassedResponse response =
                new PassedResponse(200, Headers.NONE, new byte[] {'a', (byte) 0xff, (byte) 0xe2, (byte) 0x82});

        assertEquals(
                "/**/cb({\"code\": 200, \"reason\": \"OK\", \"headers\": {}, \"body\": \"a\ufffd\ufffd\"});\n",
                text(new Jsonp("cb", true).recoding().whole(response).body()));
    }
}
