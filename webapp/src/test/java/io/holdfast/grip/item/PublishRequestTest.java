// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import static io.holdfast.grip.Samples.bytes;
import static io.holdfast.grip.Samples.headers;
import static io.holdfast.grip.Samples.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.testing.JsonCases;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PublishRequestTest {
    private static void refused(String message, byte[] body) {
        assertEquals(
                message,
                assertThrows(PublishException.class, () -> PublishRequest.parse(body), message)
                        .getMessage());
    }

    private static void refused(String message, String body) {
        refused(message, json(body));
    }

    @Test
    void theItemsAreGivenInTheirOrder() {
        List<Item> items = PublishRequest.parse(json("\ufeff {'items':[{'channel':'a','formats':{'x':{}}},"
                + "{'channel':'b','http-stream':{'content':''},'unknown':null}],'more':1}\n"));

        assertEquals(List.of("a", "b"), items.stream().map(Item::channel).toList());
        assertEquals(List.of(), PublishRequest.parse(json("{'items':[]}")));
    }

    @Test
    void aBodyThatIsNotJsonInUtf8IsRefused() {
        refused("Body is not valid JSON.", "");
        refused("Body is not valid JSON.", "{'items':[]");
        refused("Body is not valid JSON.", "'items'");
        refused("Body is not valid JSON.", "1");
        refused("Body is not valid JSON.", "null");
        refused("Body is not valid JSON.", "{'items':[]} x");
        refused("Body is not valid JSON.", "{'items':[],}");
        refused("Body is not valid JSON.", new byte[] {'"', (byte) 0xe9, '"'});
        refused("Body is not valid JSON.", "[".repeat(500_000));
        refused("Body is not valid JSON.", "[".repeat(513) + "]".repeat(513));
        refused("Invalid format.", "[".repeat(512) + "]".repeat(512));
        refused("Invalid format.", "['" + "[".repeat(1_000) + "\\\\'," + "'\\'" + "{".repeat(1_000) + "']");
    }

    @Test
    void aBodyOfAnotherFormIsRefusedInTheWordsOfPushpin() {
        refused("Invalid format.", "[]");
        refused("Invalid format: object does not contain 'items'", "{}");
        refused("Invalid format: object contains 'items' with wrong type", "{'items':{}}");
        refused("Invalid format: object contains 'items' with wrong type", "{'items':null}");
        refused("Invalid format: publish item object is not an object", "{'items':['x']}");
        refused(
                "Invalid format: 'channel' is longer than 512 bytes",
                "{'items':[{'channel':'" + "c".repeat(513) + "','http-stream':{'content':''}}]}");
        refused(
                "Invalid format: publish item object does not contain 'channel'",
                "{'items':[{'http-stream':{'content':'x'}}]}");
        refused("Invalid format: no formats specified", "{'items':[{'channel':'a'}]}");
        refused(
                "Invalid format: 'http-response' does not contain 'body', 'body-bin', or 'body-patch'",
                "{'items':[{'channel':'a','http-response':{}}]}");
        refused("Invalid format: ", "{'items':[{'channel':'a','http-response':{'action':'dance'}}]}");
    }

    @Test
    void oneBadItemSpoilsAll() {
        refused(
                "Invalid format: no formats specified",
                "{'items':[{'channel':'a','http-stream':{'content':'x'}},{'channel':'b'}]}");
    }

    private static Optional<PublishReply> reply(String... accept) {
        return PublishReply.of(headers(accept));
    }

    @Test
    void theReplyHasTheLastFormThatIsAccepted() {
        Optional<PublishReply> text = Optional.of(PublishReply.TEXT), json = Optional.of(PublishReply.JSON);

        assertEquals(text, reply());
        for (String range : List.of("text/plain", "text/*", "*/*", "*", "TEXT/plain; q=0.1"))
            assertEquals(text, reply("Accept", range), range);
        for (String range : List.of("application/json", "application/*", "application/json;q=0"))
            assertEquals(json, reply("Accept", range), range);
        assertEquals(text, reply("Accept", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"));
        assertEquals(text, reply("Accept", "application/json, text/html, */*;q=0.1"));
        assertEquals(json, reply("accept", "*/*", "Accept", "application/json, text/html"));
        for (String range : List.of("", " , ", "text/html", "application/xml, image/*"))
            assertEquals(Optional.empty(), reply("Accept", range), range);
    }

    @Test
    void theReplyIsOneLine() {
        assertEquals("Published\n", PublishReply.TEXT.body("Published"));
        assertEquals("{\"message\":\"Updated\"}\n", PublishReply.JSON.body("Updated"));
        assertEquals("text/plain", PublishReply.TEXT.contentType);
        assertEquals("application/json", PublishReply.JSON.contentType);
    }

    @Test
    void bytesThatOnlyLookLikeTextAreRefused() {
        refused("Body is not valid JSON.", new byte[] {(byte) 0xff, (byte) 0xfe, '{', 0, '}', 0});
        refused("Body is not valid JSON.", bytes("\u0000"));
    }

    @ParameterizedTest
    @MethodSource("io.holdfast.testing.JsonCases#all")
    void anyTextIsRefusedOnceInItsOwnWords(JsonCases.Case each) {
        boolean structure = each.kind() == JsonCases.Kind.OBJECT || each.kind() == JsonCases.Kind.ARRAY;
        String refusal = assertThrows(PublishException.class, () -> PublishRequest.parse(each.bytes()))
                .getMessage();

        assertEquals(!structure, "Body is not valid JSON.".equals(refusal), refusal);
        assertThrows(Malformed.class, () -> Item.parse(each.bytes()));
    }
}
