// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import static io.holdfast.grip.Samples.headers;
import static io.holdfast.grip.Samples.response;
import static io.holdfast.grip.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.grip.instruct.Instruct.Hold;
import io.holdfast.grip.instruct.KeepAlive.Mode;
import io.holdfast.grip.item.GripChannel;
import io.holdfast.grip.item.Malformed;
import io.holdfast.http.message.HeaderText;
import io.holdfast.http.message.Headers;
import io.holdfast.testing.JsonCases;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InstructParserTest {
    private static Instruct parse(WholeResponse response) {
        return InstructParser.parse(response, "", InstructParser.MOST_CHANNELS);
    }

    private static Instruct header(String... namesAndValues) {
        return parse(response(200, "hello world", namesAndValues));
    }

    /** The instructions of a body, which a test writes with apostrophes in place of quotation marks. */
    private static Instruct body(String json, String... namesAndValues) {
        String[] all = Arrays.copyOf(namesAndValues, namesAndValues.length + 2);
        all[namesAndValues.length] = "Content-Type";
        all[namesAndValues.length + 1] = "application/grip-instruct";
        return parse(response(200, json.replace('\'', '"'), all));
    }

    private static void refused(String message, String... namesAndValues) {
        assertEquals(
                message,
                assertThrows(InstructException.class, () -> header(namesAndValues))
                        .getMessage());
    }

    private static void refusedBody(String message, String json) {
        assertEquals(
                message,
                assertThrows(InstructException.class, () -> body(json), json).getMessage());
    }

    private static GripChannel channel(String name, String... filters) {
        return new GripChannel(name, name, null, List.of(filters));
    }

    @Test
    void theConnectionHeadersOfABodyAreDropped() {
        WholeResponse given =
                body("{'response':{'headers':[['Content-Length','5'],['transfer-encoding','chunked'],['Connection','close'],"
                                + "['Keep-Alive','5'],['Upgrade','x'],['X-A','b']],'body':'hello world'}}")
                        .response();
        assertEquals(headers("X-A", "b"), given.headers());
    }

    @Test
    void aResponseWithAGripHeaderOrTheTypeOfInstructionsHasInstructions() {
        assertTrue(GripHeaders.areInstruction(headers("Content-Type", "application/grip-instruct")));
        assertTrue(GripHeaders.areInstruction(headers("content-type", "application/grip-instruct; charset=utf-8")));
        assertTrue(GripHeaders.areInstruction(headers("gRIP-Foo", "")));
        assertFalse(GripHeaders.areInstruction(headers("Content-Type", "application/json", "X-Grip-Foo", "1")));
        assertFalse(GripHeaders.areInstruction(Headers.NONE));
    }

    @Test
    void withoutAHoldTheResponseIsGivenWithoutGripHeaders() {
        Instruct instruct = header("Content-Type", "text/plain", "Grip-Channel", "test", "grip-foo", "bar");

        assertEquals(Hold.NONE, instruct.hold());
        assertEquals(200, instruct.response().status());
        assertEquals("OK", instruct.response().reason());
        assertEquals(headers("Content-Type", "text/plain"), instruct.response().headers());
        assertEquals("hello world", text(instruct.response().body()));
    }

    @Test
    void theStatusCanBeReplaced() {
        WholeResponse replaced = header("Grip-Status", "404").response();
        assertEquals(404, replaced.status());
        assertEquals("Not Found", replaced.reason());

        replaced = header("Grip-Status", "404 Nothing To See Here").response();
        assertEquals(404, replaced.status());
        assertEquals("Nothing To See Here", replaced.reason());

        assertEquals(304, header("Grip-Status", "304").response().status());
        for (String bad : List.of("abc", "-1", "1000", "4x4 No"))
            refused("Grip-Status contains invalid status code", "Grip-Status", bad);
    }

    @Test
    void theStatusOfTheBackendIsKept() {
        WholeResponse kept =
                parse(response(404, "none", "Grip-Hold", "response")).response();

        assertEquals(404, kept.status());
        assertEquals("Not Found", kept.reason());
        assertEquals(
                "Undefined Reason",
                parse(response(299, "", "Grip-Foo", "")).response().reason());
        WholeResponse own = new WholeResponse(404, "Gone Fishing", headers("Grip-Foo", ""), new byte[0]);
        assertEquals("Gone Fishing", parse(own).response().reason());
    }

    @Test
    void aBodyWithoutAHoldIsAResponse() {
        Instruct instruct =
                body("{'response':{'code': 200,'headers':{'Content-Type':'text/plain'},'body':'hello world'}}");

        assertEquals(Hold.NONE, instruct.hold());
        assertEquals(200, instruct.response().status());
        assertEquals("OK", instruct.response().reason());
        assertEquals(headers("Content-Type", "text/plain"), instruct.response().headers());
        assertEquals("hello world", text(instruct.response().body()));
    }

    @Test
    void aResponseIsHeldByHeaders() {
        Instruct instruct = header(
                "Content-Type", "text/plain",
                "Grip-Hold", "response",
                "Grip-Channel", "apple",
                "Grip-Channel", "banana, cherry",
                "Grip-Timeout", "120",
                "Grip-Set-Meta", "foo=bar, bar=\"b, z\"");

        assertEquals(Hold.RESPONSE, instruct.hold());
        assertEquals(List.of(channel("apple"), channel("banana"), channel("cherry")), instruct.channels());
        assertEquals(120, instruct.timeout());
        assertEquals(Map.of("foo", "bar", "bar", "b, z"), instruct.meta());
        assertEquals(headers("Content-Type", "text/plain"), instruct.response().headers());
        assertEquals("hello world", text(instruct.response().body()));
    }

    @Test
    void aResponseIsHeldByABody() {
        Instruct instruct = body("{'hold':{'mode':'response','channels':[{'name':'test'}],'timeout':120,"
                + "'meta':{'foo':'bar','bar':'baz'}},"
                + "'response':{'code': '201','headers':[['A','1'],['A','2']],'body':'hello world'}}");

        assertEquals(Hold.RESPONSE, instruct.hold());
        assertEquals(List.of(channel("test")), instruct.channels());
        assertEquals(120, instruct.timeout());
        assertEquals(Map.of("foo", "bar", "bar", "baz"), instruct.meta());
        assertEquals(201, instruct.response().status());
        assertEquals("Created", instruct.response().reason());
        assertEquals(headers("A", "1", "A", "2"), instruct.response().headers());
        assertEquals("hello world", text(instruct.response().body()));
    }

    @Test
    void aChannelHasAPreviousIdAndFilters() {
        List<GripChannel> expected = List.of(
                new GripChannel("apple", "apple", "item1", List.of("f1")),
                channel("banana", "f2"),
                channel("cherry", "f1", "f2"));

        assertEquals(
                expected,
                header(
                                "Grip-Hold", "response",
                                "Grip-Channel", "apple; prev-id=item1; filter=f1",
                                "Grip-Channel", "banana; filter=f2, cherry; filter=f1; filter=\"f2\"")
                        .channels());
        assertEquals(
                expected,
                body("{'hold':{'channels':[{'name':'apple','prev-id':'item1','filters':['f1']},"
                                + "{'name':'banana','filters':['f2']},{'name':'cherry','filters':['f1','f2']}]}}")
                        .channels());
    }

    @Test
    void aChannelIsNamedInUtf8() {
        assertEquals(
                "größe",
                header("Grip-Channel", HeaderText.wire("größe"))
                        .channels()
                        .get(0)
                        .name());
        assertEquals(
                "größe",
                body("{'hold':{'channels':[{'name':'größe'}]}}")
                        .channels()
                        .get(0)
                        .name());
    }

    @Test
    void theRoutePutsItsPrefixBeforeEachTopic() {
        Instruct instruct = InstructParser.parse(
                response(
                        200,
                        "{\"hold\":{\"channels\":[{\"name\":\"b\"}]}}",
                        "Grip-Channel",
                        "a",
                        "Content-Type",
                        "application/grip-instruct"),
                "app-",
                20);

        assertEquals(
                List.of(new GripChannel("a", "app-a", null, List.of()), new GripChannel("b", "app-b", null, List.of())),
                instruct.channels());
    }

    @Test
    void aHoldWithoutChannelsIsAllowed() {
        assertEquals(List.of(), header("Grip-Hold", "response").channels());
        assertEquals(
                List.of(), header("Grip-Hold", "stream", "Grip-Channel", "").channels());
        assertEquals(List.of(), body("{'hold':{'channels':[]}}").channels());
    }

    @Test
    void channelsBeyondTheMostAreLeftOut() {
        String all =
                String.join(",", IntStream.range(0, 25).mapToObj(i -> "c" + i).toList());

        List<GripChannel> channels =
                header("Grip-Hold", "stream", "Grip-Channel", all).channels();

        assertEquals(20, channels.size());
        assertEquals("c19", channels.get(19).name());
    }

    @Test
    void aChannelsNameHasAtMost512Bytes() {
        String longest = "c".repeat(512);
        assertEquals(longest, header("Grip-Channel", longest).channels().get(0).name());
        refused("channel name is longer than 512 bytes", "Grip-Channel", longest + "c");
        refusedBody(
                "channel name is longer than 512 bytes", "{'hold':{'channels':[{'name':'" + "ü".repeat(257) + "'}]}}");
    }

    @Test
    void aChannelHasAtMostFiveFilters() {
        String five = "; filter=f".repeat(5);
        assertEquals(
                5,
                header("Grip-Channel", "x" + five).channels().get(0).filters().size());
        refused("too many filters for channel 'x'", "Grip-Channel", "x" + five + "; filter=f");

        String six = String.join(",", Collections.nCopies(6, "'f'"));
        refusedBody("too many filters for channel 'y'", "{'hold':{'channels':[{'name':'y','filters':[" + six + "]}]}}");
    }

    @Test
    void aHoldTimesOutAfter55SecondsAndNeverBeforeFive() {
        assertEquals(55, header("Grip-Hold", "response").timeout());
        assertEquals(55, body("{'hold':{'channels':[]}}").timeout());
        for (String little : List.of("0", "1", "4", "5"))
            assertEquals(
                    5, header("Grip-Hold", "response", "Grip-Timeout", little).timeout());
        assertEquals(5, body("{'hold':{'channels':[],'timeout':0}}").timeout());
        assertEquals(6, body("{'hold':{'channels':[],'timeout':'6'}}").timeout());
        assertEquals(7, header("Grip-Hold", "response", "Grip-Timeout", " 7 ").timeout());

        refused("failed to parse Grip-Timeout", "Grip-Timeout", "soon");
        refused("failed to parse Grip-Timeout", "Grip-Timeout", "");
        refused("failed to parse Grip-Timeout", "Grip-Timeout", "99999999999");
        refused("Grip-Timeout has invalid value", "Grip-Timeout", "-1");
        refusedBody("hold contains 'timeout' with wrong type", "{'hold':{'channels':[],'timeout':[]}}");
        refusedBody("hold contains 'timeout' with wrong type", "{'hold':{'channels':[],'timeout':null}}");
        refusedBody("hold contains 'timeout' with invalid value", "{'hold':{'channels':[],'timeout':-1}}");
        refusedBody("hold contains 'timeout' with invalid value", "{'hold':{'channels':[],'timeout':1e99}}");
    }

    @Test
    void aStreamIsHeld() {
        Instruct instruct = header("Grip-Hold", "stream", "Grip-Channel", "apple", "Grip-Channel", "banana, cherry");

        assertEquals(Hold.STREAM, instruct.hold());
        assertEquals(List.of(channel("apple"), channel("banana"), channel("cherry")), instruct.channels());
        assertNull(instruct.keepAlive());
        assertEquals("hello world", text(instruct.response().body()));
        assertEquals(
                Hold.STREAM,
                body("{'hold':{'mode':'stream','channels':[{'name':'test'}]}}").hold());
    }

    @Test
    void aStreamIsKeptAlive() {
        KeepAlive keepAlive = keepAlive("Grip-Hold", "stream", "Grip-Keep-Alive", "ping, 1\\n; timeout=10");

        assertEquals("ping, 1\\n", text(keepAlive.data()));
        assertEquals(10, keepAlive.timeout());
        assertEquals(Mode.IDLE, keepAlive.mode());
        assertEquals(
                Mode.INTERVAL,
                keepAlive("Grip-Keep-Alive", "ping; mode=interval").mode());
    }

    private static KeepAlive keepAlive(String... namesAndValues) {
        KeepAlive keepAlive = header(namesAndValues).keepAlive();
        assertNotNull(keepAlive);
        return keepAlive;
    }

    @Test
    void aBodyKeepsAliveWithoutRegardToWhatIsWritten() {
        KeepAlive text = body("{'hold':{'mode':'stream','channels':[],'keep-alive':{'content':'a\\n'}}}")
                .keepAlive();
        KeepAlive bytes = body("{'hold':{'channels':[],'keep-alive':"
                        + "{'content':'b','content-bin':'/wA','timeout':0}}}")
                .keepAlive();

        assertNotNull(text);
        assertEquals("a\n", text(text.data()));
        assertEquals(55, text.timeout());
        assertEquals(Mode.INTERVAL, text.mode());
        assertNotNull(bytes);
        assertEquals(
                List.of(-1, 0),
                IntStream.range(0, 2).mapToObj(i -> (int) bytes.data()[i]).toList());
        assertEquals(1, bytes.timeout());
        assertNull(body("{'hold':{'channels':[],'keep-alive':{}}}").keepAlive());
        refusedBody("hold contains 'keep-alive' with wrong type", "{'hold':{'channels':[],'keep-alive':'x'}}");
        refusedBody(
                "keep-alive contains 'content' with wrong type", "{'hold':{'channels':[],'keep-alive':{'content':1}}}");
        refusedBody(
                "keep-alive contains 'timeout' with wrong type",
                "{'hold':{'channels':[],'keep-alive':{'content':'x','timeout':'soon'}}}");
    }

    @Test
    void aBodyIsAddedToTheHeaders() {
        Instruct instruct = body(
                "{'hold':{'mode':'stream','channels':[{'name':'b'}],'timeout':30,'meta':{'k':'body'}}}",
                "Grip-Hold",
                "response",
                "Grip-Channel",
                "a",
                "Grip-Timeout",
                "20",
                "Grip-Keep-Alive",
                "ping",
                "Grip-Set-Meta",
                "k=header, l=header",
                "Grip-Status",
                "404",
                "X-Lost",
                "1");

        assertEquals(Hold.STREAM, instruct.hold());
        assertEquals(List.of(channel("a"), channel("b")), instruct.channels());
        assertEquals(30, instruct.timeout());
        assertNotNull(instruct.keepAlive());
        assertEquals(Map.of("k", "body", "l", "header"), instruct.meta());
        assertEquals(404, instruct.response().status());
        assertEquals(Headers.NONE, instruct.response().headers());
        assertEquals(0, instruct.response().body().length);
        assertEquals(Hold.STREAM, body("{}", "Grip-Hold", "stream").hold());
        assertEquals(20, body("{'hold':{'channels':[]}}", "Grip-Timeout", "20").timeout());
    }

    @Test
    void theResponseOfABodyMayBeBytes() {
        WholeResponse given = body("{'response':{'code':299,'reason':'Fine','body':'x','body-bin':'gICA\\n','headers':"
                        + "{'X':'ü\\r\\nSet-Cookie: a','bad name':'1'},'status':500}}")
                .response();

        assertEquals(299, given.status());
        assertEquals("Fine", given.reason());
        assertEquals(3, given.body().length);
        assertEquals((byte) 0x80, given.body()[0]);
        assertEquals(headers("X", HeaderText.wire("ü") + "  Set-Cookie: a"), given.headers());
    }

    @Test
    void onlyExposedHeadersAreGiven() {
        Instruct instruct = header(
                "A", "1", "B", "2", "c", "3", "A", "4", "Grip-Expose-Headers", "a, C", "Grip-Expose-Headers", "D");

        assertEquals(List.of("a", "C", "D"), instruct.exposeHeaders());
        assertEquals(headers("A", "1", "c", "3", "A", "4"), instruct.response().headers());
    }

    @Test
    void aStreamMayGoOnElsewhere() {
        Instruct instruct = header("Grip-Link", "</next?a=b>; rel=next", "grip-link", "<http://x/gone>; rel=\"gone\"");

        assertEquals("Link[uri=/next?a=b, timeout=120]", String.valueOf(instruct.next()));
        assertEquals("http://x/gone", String.valueOf(instruct.gone()));
        assertEquals(
                "Link[uri=n, timeout=0]",
                String.valueOf(header("Grip-Link", "<n>; rel=next; timeout=0").next()));
        assertNull(header("Grip-Link", "</next>").next());
        assertNull(header("Grip-Link", "</next>; rel=other").next());
        refused("failed to parse Grip-Link value", "Grip-Link", "/next; rel=next");
        refused("failed to parse Grip-Link value", "Grip-Link", "<>; rel=next");
        refused("Grip-Link contains invalid link", "Grip-Link", "<http://[x>; rel=next");
        refused("failed to parse Grip-Link timeout value", "Grip-Link", "</n>; rel=next; timeout=x");
        refused("Grip-Link timeout has invalid value", "Grip-Link", "</n>; rel=next; timeout=-1");
    }

    @Test
    void anInstructionThatCannotBeFollowedIsRefusedInTheWordsOfPushpin() {
        refused("Grip-Hold must be set to either 'response' or 'stream'", "Grip-Hold", "forever");
        refused("Grip-Hold must be set to either 'response' or 'stream'", "Grip-Hold", "");
        refused("Grip-Set-Meta cannot be empty", "Grip-Set-Meta", "a=b,,c=d");
        refusedBody("failed to parse application/grip-instruct content as JSON", "{'hold'");
        refusedBody("failed to parse application/grip-instruct content as JSON", "{} {}");
        refusedBody("failed to parse application/grip-instruct content as JSON", "");
        refusedBody("instruct must be an object", "[]");
        refusedBody("instruct contains 'hold' with wrong type", "{'hold':'response'}");
        refusedBody("hold contains 'mode' with wrong type", "{'hold':{'mode':1,'channels':[]}}");
        refusedBody("hold 'mode' must be set to either 'response' or 'stream'", "{'hold':{'mode':'x','channels':[]}}");
        refusedBody("hold does not contain 'channels'", "{'hold':{}}");
        refusedBody("hold contains 'channels' with wrong type", "{'hold':{'channels':{}}}");
        refusedBody("channel is not an object", "{'hold':{'channels':['a']}}");
        refusedBody("channel does not contain 'name'", "{'hold':{'channels':[{}]}}");
        refusedBody("channel contains 'name' with wrong type", "{'hold':{'channels':[{'name':1}]}}");
        refusedBody("channel contains 'prev-id' with wrong type", "{'hold':{'channels':[{'name':'a','prev-id':1}]}}");
        refusedBody("channel contains 'filters' with wrong type", "{'hold':{'channels':[{'name':'a','filters':'f'}]}}");
        refusedBody("filters contains value with wrong type", "{'hold':{'channels':[{'name':'a','filters':[1]}]}}");
        refusedBody("hold contains 'meta' with wrong type", "{'hold':{'channels':[],'meta':[]}}");
        refusedBody("'meta' contains 'k' with wrong type", "{'hold':{'channels':[],'meta':{'k':1}}}");
        refusedBody("instruct contains 'response' with wrong type", "{'response':[]}");
        refusedBody("response contains 'code' with wrong type", "{'response':{'code':'x'}}");
        refusedBody("response contains 'code' with invalid value", "{'response':{'code':1000}}");
        refusedBody("response has status 101, which is not the last of any", "{'response':{'code':101}}");
        refusedBody("response has status 0, which is not the last of any", "{'response':{'code':0}}");
        refusedBody("response contains 'reason' with wrong type", "{'response':{'reason':1}}");
        refusedBody("response contains 'headers' with wrong type", "{'response':{'headers':'x'}}");
        refusedBody("headers contains 'A' with wrong type", "{'response':{'headers':{'A':1}}}");
        refusedBody("headers contains element with wrong type", "{'response':{'headers':['A']}}");
        refusedBody("headers contains list with wrong number of elements", "{'response':{'headers':[['A']]}}");
        refusedBody("header contains name element with wrong type", "{'response':{'headers':[[1,'A']]}}");
        refusedBody("header contains value element with wrong type", "{'response':{'headers':[['A',1]]}}");
        refusedBody("response contains 'body' with wrong type", "{'response':{'body':{}}}");
        refusedBody("response contains 'body-bin' with wrong type", "{'response':{'body-bin':1,'body':'x'}}");
    }

    @Test
    void instructionsInABodyNeedStatus200() {
        WholeResponse response = response(201, "{}", "Content-Type", "application/grip-instruct");

        assertEquals(
                "response code for application/grip-instruct content must be 200",
                assertThrows(InstructException.class, () -> parse(response)).getMessage());
    }

    @Test
    void sessionHeadersAreTakenAndLeftOut() {
        Instruct instruct = header(
                "Grip-Session-Id",
                "x",
                "Grip-Session-Detect",
                "path-prefix=/a;",
                "Grip-Last",
                "a; last-id=b",
                "X",
                "1");

        assertEquals(headers("X", "1"), instruct.response().headers());
    }

    @ParameterizedTest
    @MethodSource("io.holdfast.testing.JsonCases#all")
    void aBodyThatIsNotAnObjectIsMalformed(JsonCases.Case each) {
        if (each.kind() == JsonCases.Kind.OBJECT) InstructBody.parse(each.bytes());
        else assertThrows(Malformed.class, () -> InstructBody.parse(each.bytes()));
    }
}
