// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import static io.holdfast.grip.Samples.headers;
import static io.holdfast.grip.Samples.item;
import static io.holdfast.grip.Samples.json;
import static io.holdfast.grip.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.holdfast.grip.item.Formats.HttpResponse;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponsesTest {
    private static final WholeResponse TIMEOUT = new WholeResponse(
            404,
            "Nothing Yet",
            headers("Content-Type", "application/json", "Content-Length", "3", "Vary", "a", "Vary", "b"),
            json("{}\n"));

    private static HttpResponse published(String json) {
        HttpResponse response =
                item("{'channel':'a','http-response':" + json + "}").formats().response();
        assertNotNull(response);
        return response;
    }

    private static WholeResponse complete(String json) {
        return Responses.published(TIMEOUT, published(json));
    }

    private static String patched(String body, String patch) {
        WholeResponse timeout = new WholeResponse(200, "OK", Headers.NONE, json(body));
        return text(Responses.published(timeout, published("{'body-patch':" + patch + "}"))
                        .body())
                .replace('"', '\'');
    }

    @Test
    void theStatusIsThePublishersAndNotThatOfTheTimeout() {
        assertEquals(200, complete("{'body':'x'}").status());
        assertEquals("OK", complete("{'body':'x'}").reason());
        assertEquals(201, complete("{'code':201,'body':'x'}").status());
        assertEquals("Made", complete("{'code':201,'reason':'Made','body':'x'}").reason());
        assertEquals("x", text(complete("{'body':'x'}").body()));
    }

    @Test
    void headersAreInheritedUnlessTheyAreReplaced() {
        assertEquals(
                headers("Content-Type", "application/json", "Vary", "a", "Vary", "b"),
                complete("{'body':'x'}").headers());
        assertEquals(
                headers("Content-Type", "application/json", "vary", "c", "X", "1", "vary", "d"),
                complete("{'body':'x','headers':[['vary','c'],['X','1'],['vary','d']]}")
                        .headers());
    }

    @Test
    void headersOfTheProtocolAndOfTheConnectionAreNotGiven() {
        assertEquals(
                headers("Content-Type", "application/json", "Vary", "a", "Vary", "b"),
                complete("{'body':'x','headers':{'Grip-Foo':'1','content-length':'9','Transfer-Encoding':'chunked',"
                                + "'connection':'close','keep-alive':'1'}}")
                        .headers());
    }

    @Test
    void exposedHeadersOfAPublisherAreRemoved() {
        assertEquals(
                headers("Content-Type", "application/json"),
                complete("{'body':'x','headers':[['X','1'],['Grip-Expose-Headers','x, VARY']]}")
                        .headers());
    }

    @Test
    void aPublishedHeaderIsOneLineOfBytes() {
        WholeResponse response = complete("{'body':'','reason':'a\\nb','headers':{'X':'é\\r\\nY: 1','Z z':'1'}}");

        assertEquals("a b", response.reason());
        assertEquals(
                new Header("X", "\u00c3\u00a9  Y: 1"), response.headers().list().get(3));
        assertEquals(4, response.headers().list().size());
    }

    @Test
    void theBodyIsGivenAsItWasPublished() {
        HttpResponse published = published("{'body':'x'}");

        assertSame(published.body(), Responses.body(TIMEOUT, published));
    }

    @Test
    void aPatchChangesTheBodyOfTheTimeout() {
        String body = "{'foo':'bar'}";

        assertEquals(body, patched(body, "[{'op':'test','path':'/foo','value':'bar'}]"));
        body = patched(body, "[{'op':'add','path':'/fruit','value':['apple']}]");
        assertEquals("{'foo':'bar','fruit':['apple']}", body);
        body = patched(body, "[{'op':'copy','from':'/foo','path':'/fruit/-'}]");
        assertEquals("{'foo':'bar','fruit':['apple','bar']}", body);
        body = patched(body, "[{'op':'replace','path':'/fruit/1','value':{'cherries':true,'grapes':5}}]");
        assertEquals("{'foo':'bar','fruit':['apple',{'cherries':true,'grapes':5}]}", body);
        body = patched(body, "[{'op':'remove','path':'/fruit/1/cherries'}]");
        assertEquals("{'foo':'bar','fruit':['apple',{'grapes':5}]}", body);
        body = patched(body, "[{'op':'move','from':'/fruit/0','path':'/foo'}]");
        assertEquals("{'foo':'apple','fruit':[{'grapes':5}]}", body);
    }

    @Test
    void aPatchOfAListMayAddInTheMiddle() {
        assertEquals("[1,9,2]", patched("[1,2]", "[{'op':'add','path':'/1','value':9}]"));
        assertEquals("[1,2,9]", patched("[1,2]", "[{'op':'add','path':'/2','value':9}]"));
        assertEquals("[]", patched("[]", "[]"));
        assertEquals(
                "{'a/b':1,'c~d':2}",
                patched("{}", "[{'op':'add','path':'/a~1b','value':1}," + "{'op':'add','path':'/c~0d','value':2}]"));
    }

    @Test
    void theLineEndOfTheOriginalIsKept() {
        assertEquals("{}\n", patched("{}\n", "[]"));
        assertEquals("{}\r\n", patched("{ }\r\n", "[]"));
        assertEquals("{}", patched("{} \r", "[]"));
        assertEquals("[]\n", patched("\n[\n]\n\n", "[]"));
    }

    @Test
    void aBodyThatCannotBePatchedIsEmpty() {
        for (String body : List.of("", "hello\n", "'text'\n", "1", "{'a':", "null"))
            assertEquals("", patched(body, "[]"), body);
        for (String patch : List.of(
                "[{'op':'test','path':'/a','value':2}]",
                "[{'op':'remove','path':'/b'}]",
                "[{'op':'replace','path':'/b','value':1}]",
                "[{'op':'add','path':'/b/c','value':1}]",
                "[{'op':'add','path':'a','value':1}]",
                "[{'op':'add','path':'/a'}]",
                "[{'op':'move','from':'/a','path':'/a/b'}]",
                "[{'op':'dance','path':'/a'}]",
                "[{'op':'replace','path':'','value':'text'}]",
                "[{}]",
                "[1]")) assertEquals("", patched("{'a':1}\n", patch), patch);
    }

    @Test
    void aPatchThatGrowsWithoutEndIsEmpty() {
        String copies = "{'op':'copy','from':'','path':'/a'},{'op':'copy','from':'','path':'/b'},".repeat(40);
        String patch = "[" + copies.substring(0, copies.length() - 1) + "]";

        assertEquals("", patched("{'x':'" + "y".repeat(1_000) + "'}", patch));
    }

    @Test
    void aBodyMayBeLong() {
        assertEquals(
                3_000_004,
                complete("{'body':'" + "ab\\n".repeat(1_000_000) + "1234'}").body().length);
    }
}
