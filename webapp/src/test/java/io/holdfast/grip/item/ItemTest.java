// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import static io.holdfast.grip.Samples.bytes;
import static io.holdfast.grip.Samples.headers;
import static io.holdfast.grip.Samples.item;
import static io.holdfast.grip.Samples.json;
import static io.holdfast.grip.Samples.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.grip.item.Formats.Action;
import io.holdfast.grip.item.Formats.HttpResponse;
import io.holdfast.grip.item.Formats.HttpStream;
import io.holdfast.grip.item.Formats.WsMessage;
import io.holdfast.http.message.Headers;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ItemTest {
    private static HttpResponse response(String json) {
        HttpResponse response = item("{'channel':'a','formats':{'http-response':" + json + "}}")
                .formats()
                .response();
        assertNotNull(response);
        return response;
    }

    private static HttpStream stream(String json) {
        HttpStream stream = item("{'channel':'a','formats':{'http-stream':" + json + "}}").formats().stream();
        assertNotNull(stream);
        return stream;
    }

    private static WsMessage message(String json) {
        WsMessage message = item("{'channel':'a','formats':{'ws-message':" + json + "}}")
                .formats()
                .message();
        assertNotNull(message);
        return message;
    }

    private static void refused(String message, String json) {
        assertEquals(
                message, assertThrows(Malformed.class, () -> item(json), json).getMessage());
    }

    private static void refusedFormat(String message, String formatsJson) {
        refused(message, "{'channel':'a','formats':{" + formatsJson + "}}");
        refused(message, "{'channel':'a'," + formatsJson + "}");
    }

    @Test
    void anItemHasItsFormatsInAnObjectOrBesideTheOthers() {
        String formats = "'http-response':{'body':'r'},'http-stream':{'content':'s'},'ws-message':{'content':'m'}";
        String rest = "'id':'2','prev-id':'1','meta':{'sender':'me'},'size':7,'no-seq':true,'channel':'apple'";

        for (String json : List.of("{'formats':{" + formats + "}," + rest + "}", "{" + formats + "," + rest + "}")) {
            Item item = item(json);
            assertEquals("apple", item.channel());
            assertEquals("2", item.id());
            assertEquals("1", item.prevId());
            assertEquals(Map.of("sender", "me"), item.meta());
            assertEquals(7, item.size());
            assertTrue(item.unordered());
            Formats found = item.formats();
            assertTrue(found.response() != null && text(found.response().body()).equals("r"));
            assertTrue(found.stream() != null && text(found.stream().content()).equals("s"));
            assertTrue(
                    found.message() != null && text(found.message().content()).equals("m"));
        }
    }

    @Test
    void anItemNeedsLittle() {
        Item item = item("{'channel':'','http-stream':{'content':''},'other':[]}");

        assertEquals("", item.channel());
        assertNull(item.id());
        assertNull(item.prevId());
        assertEquals(Map.of(), item.meta());
        assertEquals(-1, item.size());
        assertFalse(item.unordered());
        assertNull(item.formats().response());
        assertTrue(item("{'channel':'a','formats':{'sms':1}}").formats().isEmpty());
    }

    @Test
    void aResponseHasAStatusHeadersAndABody() {
        HttpResponse response = response(
                "{'code':'201','reason':'Made','headers':[['A','1'],['A','2']],'body':'ü','content-filters':['f']}");

        assertEquals(Action.SEND, response.action());
        assertEquals(201, response.code());
        assertEquals("Made", response.reason());
        assertEquals(headers("A", "1", "A", "2"), response.headers());
        assertEquals("ü", text(response.body()));
        assertEquals(List.of("f"), response.contentFilters());
        assertEquals(
                headers("B", "2", "A", "1"),
                response("{'headers':{'B':'2','A':'1'},'body':''}").headers());
    }

    @Test
    void aResponseHasDefaults() {
        HttpResponse response = response("{'body':'other fields implied'}");

        assertEquals(200, response.code());
        assertEquals("OK", response.reason());
        assertEquals(Headers.NONE, response.headers());
        assertNull(response.contentFilters());
        assertEquals("Not Found", response("{'code':404,'reason':'','body':''}").reason());
        assertEquals(201, response("{'code':201.0,'body':''}").code());
        assertEquals(200, response("{'code':200,'body':''}").code());
    }

    @Test
    void aBodyIsTextOrBytesOrAPatch() {
        assertArrayEquals(
                new byte[] {(byte) 0xff, 0},
                response("{'body':'x','body-bin':'/wA=','body-patch':[]}").body());
        HttpResponse patch = response("{'body-patch':[{'op':'remove','path':'/a'}]}");
        assertEquals(0, patch.body().length);
        assertEquals("[{\"op\":\"remove\",\"path\":\"/a\"}]", String.valueOf(patch.patch()));
        assertNull(response("{'body':'x','body-patch':[]}").patch());
    }

    @Test
    void base64IsReadGenerously() {
        for (String text : List.of("/wA=", "/wA", "/w A\\n", "/wA==", "_/wA-", "/wAAA"))
            assertEquals((byte) 0xff, response("{'body-bin':'" + text + "'}").body()[0], text);
        assertEquals(0, response("{'body-bin':''}").body().length);
        assertEquals(0, response("{'body-bin':'A'}").body().length);
    }

    @Test
    void aStreamHasContentUnlessItIsClosed() {
        assertEquals("hello world", text(stream("{'content':'hello world'}").content()));
        assertEquals(Action.SEND, stream("{'content':''}").action());
        assertArrayEquals(
                new byte[] {0}, stream("{'content-bin':'AA==','content':'x'}").content());
        HttpStream closed = stream("{'action':'close','content':'x'}");
        assertEquals(Action.CLOSE, closed.action());
        assertEquals(0, closed.content().length);
        assertEquals(
                List.of("a", "b"),
                stream("{'content':'','content-filters':['a','b']}").contentFilters());
    }

    @Test
    void otherActionsNeedNothing() {
        for (Action action : List.of(Action.HINT, Action.CLOSE, Action.REFRESH)) {
            String json = "{'action':'" + action.name().toLowerCase(java.util.Locale.ROOT) + "'}";
            assertEquals(action, response(json).action());
            assertEquals(action, stream(json).action());
            assertEquals(action, message(json).action());
        }
        assertEquals(Action.SEND, response("{'action':'send','body':''}").action());
        refusedFormat("", "'http-stream':{'action':'dance'}");
        refusedFormat("'http-stream' contains 'action' with wrong type", "'http-stream':{'action':null}");
    }

    @Test
    void aMessageIsTextOrBinary() {
        assertEquals(WsMessage.Type.TEXT, message("{'content':'x'}").type());
        assertEquals(
                WsMessage.Type.BINARY,
                message("{'type':'binary','content':'x'}").type());
        assertEquals(WsMessage.Type.BINARY, message("{'content-bin':'AA=='}").type());
        assertEquals(
                WsMessage.Type.TEXT,
                message("{'type':'text','content-bin':'AA=='}").type());
        assertEquals(WsMessage.Type.PING, message("{'type':'ping'}").type());
        assertEquals(
                WsMessage.Type.PONG, message("{'type':'pong','content':'x'}").type());
        refusedFormat("'ws-message' contains 'type' with unknown value", "'ws-message':{'type':'x','content':''}");
    }

    @Test
    void aMessageMayCloseWithACodeAndAReason() {
        assertNull(message("{'action':'close'}").code());
        assertEquals(1001, message("{'action':'close','code':1001}").code());
        assertEquals(
                "go", message("{'action':'close','code':'4001','reason':'go'}").reason());
        refusedFormat("'ws-message' contains 'code' with invalid value", "'ws-message':{'action':'close','code':-1}");
    }

    @Test
    void anItemOfAnotherFormIsRefusedInTheWordsOfPushpin() {
        refused("publish item object is not an object", "[]");
        refused("publish item object does not contain 'channel'", "{}");
        refused("publish item object contains 'channel' with wrong type", "{'channel':1}");
        refused("publish item object contains 'id' with wrong type", "{'channel':'a','id':1}");
        refused("publish item object contains 'prev-id' with wrong type", "{'channel':'a','prev-id':null}");
        refused("publish item object contains 'formats' with wrong type", "{'channel':'a','formats':[]}");
        refused("no formats specified", "{'channel':'a','formats':{},'http-stream':{'content':''}}");
        String good = "{'channel':'a','http-stream':{'content':''},";
        refused("publish item object contains 'meta' with wrong type", good + "'meta':'x'}");
        refused("'meta' contains 'k' with wrong type", good + "'meta':{'k':1}}");
        refused("publish item object contains 'size' with wrong type", good + "'size':{}}");
        refused("publish item object contains 'size' with invalid value", good + "'size':-1}");
        refused("publish item object contains 'no-seq' with wrong type", good + "'no-seq':'true'}");
    }

    @Test
    void aFormatOfAnotherFormIsRefusedInTheWordsOfPushpin() {
        for (String name : List.of("http-response", "http-stream", "ws-message")) {
            refusedFormat("'" + name + "' is not an object", "'" + name + "':'x'");
            refusedFormat("'" + name + "' is not an object", "'" + name + "':null");
        }
        refusedFormat("'http-response' contains 'code' with wrong type", "'http-response':{'code':'x','body':''}");
        refusedFormat("'http-response' contains 'code' with wrong type", "'http-response':{'code':true,'body':''}");
        refusedFormat("'http-response' contains 'code' with invalid value", "'http-response':{'code':1000,'body':''}");
        // After an interim response, a client would wait for another.
        refusedFormat("'http-response' contains 'code' with invalid value", "'http-response':{'code':199,'body':''}");
        refusedFormat("'http-response' contains 'code' with invalid value", "'http-response':{'code':0,'body':''}");
        refusedFormat("'http-response' contains 'reason' with wrong type", "'http-response':{'reason':1,'body':''}");
        refusedFormat("'http-response' contains 'headers' with wrong type", "'http-response':{'headers':1,'body':''}");
        refusedFormat("headers contains 'A' with wrong type", "'http-response':{'headers':{'A':1},'body':''}");
        refusedFormat("'http-response' contains 'body' with wrong type", "'http-response':{'body':{}}");
        refusedFormat("'http-response' contains 'body-patch' with wrong type", "'http-response':{'body-patch':{}}");
        refusedFormat("'http-stream' does not contain 'content' or 'content-bin'", "'http-stream':{}");
        refusedFormat("'http-stream' contains 'content-bin' with wrong type", "'http-stream':{'content-bin':1}");
        refusedFormat("'ws-message' does not contain 'content' or 'content-bin'", "'ws-message':{'type':'binary'}");
        for (String format :
                List.of("'http-response':{'body':''", "'http-stream':{'content':''", "'ws-message':{'content':''")) {
            String name = format.substring(0, format.indexOf(':'));
            refusedFormat(name + " contains 'content-filters' with wrong type", format + ",'content-filters':'f'}");
            refusedFormat("content-filters contains element with wrong type", format + ",'content-filters':[1]}");
        }
    }

    @Test
    void halfACharacterBecomesAQuestionMark() {
        Item item = item("{'channel':'\\ud800','id':'\\udc00x','http-stream':{'content':'\\ud83d\\ude00\\ud83d'}}");

        assertEquals("?", item.channel());
        assertEquals("?x", item.id());
        assertEquals("😀?", text(stream("{'content':'\\ud83d\\ude00\\ud83d'}").content()));
        assertArrayEquals(item.toJson(), Item.parse(item.toJson()).toJson());
    }

    @Test
    void membersSendEachOtherOneForm() {
        assertEquals(
                text(json("{'channel':'a','id':'2','prev-id':'1','formats':{'http-response':{'code':200,'reason':'OK',"
                        + "'headers':[['A','1']],'content-filters':[],'body-bin':'cg=='},"
                        + "'http-stream':{'action':'close'},'ws-message':{'type':'text','content-bin':'bQ=='}},"
                        + "'meta':{'a':'1','b':'2'},'size':0,'no-seq':true}")),
                text(item("{'ws-message':{'content':'m'},'http-stream':{'action':'close','content':''},'http-response':"
                                + "{'body':'r','headers':{'A':'1'},'content-filters':[]},'meta':{'b':'2','a':'1'},"
                                + "'no-seq':true,'size':0,'prev-id':'1','id':'2','channel':'a'}")
                        .toJson()));
        assertEquals(
                "{\"channel\":\"a\",\"formats\":{\"none\":true}}",
                text(item("{'channel':'a','formats':{'sms':1}}").toJson()));
        assertThrows(Malformed.class, () -> Item.parse(bytes("{")));
    }

    @Test
    void anyItemIsReadAsItWasWritten() {
        for (long seed = 0; seed < 5_000; seed++) {
            Item item = any(new Random(seed)), read = Item.parse(item.toJson());
            String at = "seed " + seed;
            assertEquals(item.channel(), read.channel(), at);
            assertEquals(item.id(), read.id(), at);
            assertEquals(item.prevId(), read.prevId(), at);
            assertEquals(item.meta(), read.meta(), at);
            assertEquals(item.size(), read.size(), at);
            assertEquals(item.unordered(), read.unordered(), at);
            assertSame(item.formats().response(), read.formats().response(), at);
            assertSame(item.formats().stream(), read.formats().stream(), at);
            assertSame(item.formats().message(), read.formats().message(), at);
            assertArrayEquals(item.toJson(), read.toJson(), at);
        }
    }

    private static void assertSame(@Nullable HttpResponse a, @Nullable HttpResponse b, String at) {
        if (a == null || b == null) {
            assertEquals(a, b, at);
            return;
        }
        assertEquals(a.action(), b.action(), at);
        assertEquals(a.code(), b.code(), at);
        assertEquals(a.reason(), b.reason(), at);
        assertEquals(a.headers(), b.headers(), at);
        assertArrayEquals(a.body(), b.body(), at);
        assertEquals(a.patch(), b.patch(), at);
        assertEquals(a.contentFilters(), b.contentFilters(), at);
    }

    private static void assertSame(@Nullable HttpStream a, @Nullable HttpStream b, String at) {
        if (a == null || b == null) {
            assertEquals(a, b, at);
            return;
        }
        assertEquals(a.action(), b.action(), at);
        assertArrayEquals(a.content(), b.content(), at);
        assertEquals(a.contentFilters(), b.contentFilters(), at);
    }

    private static void assertSame(@Nullable WsMessage a, @Nullable WsMessage b, String at) {
        if (a == null || b == null) {
            assertEquals(a, b, at);
            return;
        }
        assertEquals(a.action(), b.action(), at);
        assertEquals(a.type(), b.type(), at);
        assertArrayEquals(a.content(), b.content(), at);
        assertEquals(a.code(), b.code(), at);
        assertEquals(a.reason(), b.reason(), at);
        assertEquals(a.contentFilters(), b.contentFilters(), at);
    }

    private static Item any(Random random) {
        Map<String, String> meta = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) meta.put(anyText(random), anyText(random));
        return new Item(
                anyText(random),
                maybe(random, anyText(random)),
                maybe(random, anyText(random)),
                new Formats(
                        maybe(random, anyResponse(random)),
                        maybe(random, anyStream(random)),
                        maybe(random, anyMessage(random))),
                meta,
                random.nextInt(100) - 1,
                random.nextBoolean());
    }

    private static <T> @Nullable T maybe(Random random, T value) {
        return random.nextBoolean() ? value : null;
    }

    private static Action anyAction(Random random) {
        return random.nextBoolean() ? Action.SEND : Action.values()[random.nextInt(4)];
    }

    private static HttpResponse anyResponse(Random random) {
        Action action = anyAction(random);
        if (action != Action.SEND) return new HttpResponse(action, 200, "OK", Headers.NONE, new byte[0], null, null);
        Headers headers = Headers.NONE;
        for (int i = random.nextInt(4); i > 0; i--) headers = headers.and("X-" + random.nextInt(3), anyText(random));
        boolean patched = random.nextInt(3) == 0;
        return new HttpResponse(
                action,
                200 + random.nextInt(800),
                anyText(random) + ".",
                headers,
                patched ? new byte[0] : anyBytes(random),
                patched ? anyPatch(random) : null,
                anyFilters(random));
    }

    private static HttpStream anyStream(Random random) {
        Action action = anyAction(random);
        return action == Action.SEND
                ? new HttpStream(action, anyBytes(random), anyFilters(random))
                : new HttpStream(action, new byte[0], null);
    }

    private static WsMessage anyMessage(Random random) {
        Action action = anyAction(random);
        WsMessage.Type type = WsMessage.Type.values()[random.nextInt(4)];
        if (action == Action.SEND) return new WsMessage(action, type, anyBytes(random), null, "", anyFilters(random));
        boolean closed = action == Action.CLOSE;
        return new WsMessage(
                action,
                WsMessage.Type.TEXT,
                new byte[0],
                closed ? maybe(random, random.nextInt(5000)) : null,
                closed ? anyText(random) : "",
                null);
    }

    private static @Nullable List<String> anyFilters(Random random) {
        return maybe(random, random.nextBoolean() ? List.of() : List.of(anyText(random), "build-id"));
    }

    private static JsonArray anyPatch(Random random) {
        return Json.createArrayBuilder()
                .add(Json.createObjectBuilder()
                        .add("op", "add")
                        .add("path", "/" + anyText(random))
                        .add("value", random.nextDouble()))
                .build();
    }

    private static byte[] anyBytes(Random random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String anyText(Random random) {
        String[] alphabet = {
            "a", "B", "0", " ", "\"", "\\", "/", "\n", "\u0000", "\u007f", "é", "€", "😀", "%", "\u2028"
        };
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) text.append(alphabet[random.nextInt(alphabet.length)]);
        return text.toString();
    }
}
