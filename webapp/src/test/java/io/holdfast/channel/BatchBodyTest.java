// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.channel.log.Draft;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.testing.JsonCases;
import jakarta.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes sent as a batch become either events or a refusal that names the place, the rule and the value. */
class BatchBodyTest {
    private static final int MIB = 1 << 20;
    private static final Duration SOON = Duration.ofSeconds(20);

    private static List<Draft> parse(String body) {
        return BatchBody.parse(body.getBytes(UTF_8), MIB);
    }

    private static Refusal refused(byte[] body) {
        Refusal refusal = assertTimeout(SOON, () -> assertThrows(Refusal.class, () -> BatchBody.parse(body, MIB)));
        for (String member : List.of("field", "rule", "value"))
            assertInstanceOf(String.class, refusal.problem().members().get(member), member);
        assertTrue(refusal.problem().status() == 400 || refusal.problem().status() == 413);
        assertTrue(refusal.problem().detail().length() < 500, refusal.problem().detail());
        return refusal;
    }

    @Test
    void eventsAreReadInOrderWithTheirTypesAndMediaTypes() {
        List<Draft> drafts = parse("""
                [{"data":"a"}, {"data":"b","type":"created","contentType":"application/json"},
                 {"encoding":"base64","data":"AP8="}, {"data":""}]
                """);

        assertEquals(
                List.of("", "created", "", ""), drafts.stream().map(Draft::type).toList());
        assertEquals("text/plain;charset=utf-8", drafts.get(0).contentType());
        assertEquals("application/json", drafts.get(1).contentType());
        assertArrayEquals(new byte[] {0, -1}, drafts.get(2).data());
        assertEquals(0, drafts.get(3).data().length);
    }

    @Test
    void textIsTakenCharacterByCharacter() {
        String text = "\u0000\r\n\t\u2028\ufeff\ufffd é€😀 \"\\";
        String body = Json.createArrayBuilder()
                .add(Json.createObjectBuilder().add("data", text))
                .build()
                .toString();

        assertArrayEquals(text.getBytes(UTF_8), parse(body).get(0).data());
        assertArrayEquals(
                "😀".getBytes(UTF_8),
                parse("[{\"data\":\"\\ud83d\\ude00\"}]").get(0).data());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                          | body
            ' '                                         | body
            'null'                                      | body
            '1'                                         | body
            '"x"'                                       | body
            '{}'                                        | body
            '{"data":"x"}'                              | body
            '['                                         | body
            ']'                                         | body
            '[]'                                        | body
            '[{"data":"x"}'                             | body
            '[{"data":"x"},'                            | body
            '[{"data":"x"},]'                           | body
            '[{"data":"x"}]]'                           | body
            '[{"data":"x"}] []'                         | body
            '[{"data":"x"}] x'                          | body
            '[{"data":"x"}]//'                          | body
            '[{"data":"x"'                              | body
            '[{"data"'                                  | body
            '[{"data":'                                 | body
            '[{'                                        | body
            '[{"da'                                     | body
            '[{"data":"x\\'                             | body
            '[{"data":"\\u12"}]'                        | body
            '[{"data":"\\x"}]'                          | body
            '[nul]'                                     | body
            '[-]'                                       | body
            '[{data:1}]'                                | body
            '[1]'                                       | [0]
            '[null]'                                    | [0]
            '[[]]'                                      | [0]
            '["x"]'                                     | [0]
            '[1e999999999]'                             | [0]
            '[{"data":"x"},true]'                       | [1]
            '[{}]'                                      | [0].data
            '[{"data":1}]'                              | [0].data
            '[{"data":null}]'                           | [0].data
            '[{"data":{}}]'                             | [0].data
            '[{"data":["x"]}]'                          | [0].data
            '[{"data":"x","data":"y"}]'                 | [0].data
            '[{"data":"\\ud800"}]'                      | [0].data
            '[{"data":"\\udc00\\ud800"}]'               | [0].data
            '[{"data":"x","type":"\\ud800"}]'           | [0].type
            '[{"data":"x","type":""}]'                  | [0].type
            '[{"data":"x","type":"\\n"}]'               | [0].type
            '[{"data":"x","type":"gap"}]'               | [0].type
            '[{"data":"x","contentType":""}]'           | [0].contentType
            '[{"data":"x","contentType":"text"}]'       | [0].contentType
            '[{"data":"x","contentType":"a/b\\r\\nX:y"}]' | [0].contentType
            '[{"data":"x","encoding":""}]'              | [0].encoding
            '[{"data":"x","encoding":"BASE64"}]'        | [0].encoding
            '[{"data":"x","encoding":"base64"}]'        | [0].data
            '[{"data":"-_==","encoding":"base64"}]'     | [0].data
            '[{"data":"A","encoding":"base64"}]'        | [0].data
            '[{"data":"x","Data":"x"}]'                 | [0].Data
            '[{"data":"x"},{"data":"x","":""}]'         | [1].
            """)
    void anInvalidBatchIsRefusedNamingTheField(String body, String field) {
        assertEquals(field, refused(body.getBytes(UTF_8)).problem().members().get("field"));
    }

    @Test
    void aBodyThatIsNotUtf8IsRefused() {
        String body = "[{\"data\":\"é\"}]";
        for (byte[] bytes : List.of(
                body.getBytes(ISO_8859_1),
                body.getBytes(UTF_16),
                "[{\"data\":\"x\"}]".getBytes(java.nio.charset.Charset.forName("UTF-16LE")),
                "[{\"data\":\"x\"}]".getBytes(java.nio.charset.Charset.forName("UTF-32BE")),
                new byte[] {'[', '{', '"', 'd', 'a', 't', 'a', '"', ':', '"', (byte) 0xc0, (byte) 0x80, '"', '}', ']'},
                new byte[] {
                    '[',
                    '{',
                    '"',
                    'd',
                    'a',
                    't',
                    'a',
                    '"',
                    ':',
                    '"',
                    (byte) 0xed,
                    (byte) 0xa0,
                    (byte) 0x80,
                    '"',
                    '}',
                    ']'
                },
                ("\ufeff" + body).getBytes(UTF_8)))
            assertEquals("body", refused(bytes).problem().members().get("field"), Arrays.toString(bytes));
    }

    @Test
    void aDeepOrLongBodyIsRefusedInTime() {
        refused("[".repeat(2 * MIB).getBytes(UTF_8));
        refused("[{\"data\":".repeat(MIB / 8).getBytes(UTF_8));
        refused("{\"a\":".repeat(MIB / 4).getBytes(UTF_8));
        refused(("[" + "1".repeat(2 * MIB) + "]").getBytes(UTF_8));
        refused(("[{\"data\":-" + "1".repeat(2 * MIB) + "e9}]").getBytes(UTF_8));
        refused(("[{\"" + "n".repeat(2 * MIB) + "\":1}]").getBytes(UTF_8));
        refused(("[{\"data\":\"" + "\\".repeat(2 * MIB)).getBytes(UTF_8));
        refused(" ".repeat(2 * MIB).getBytes(UTF_8));
        refused(("[{\"data\":\"x\",\"type\":\"" + "t".repeat(2 * MIB) + "\"}]").getBytes(UTF_8));
        refused(("[{\"data\":\"x\",\"contentType\":\"a/b;" + "t".repeat(2 * MIB) + "\"}]").getBytes(UTF_8));
        refused(("[{\"data\":\"x\",\"encoding\":\"" + "=".repeat(2 * MIB) + "\"}]").getBytes(UTF_8));
        refused(("[" + "{\"data\":\"\"},".repeat(100_000) + "{\"data\":\"\"}]").getBytes(UTF_8));
    }

    @Test
    void asManyAndAsLongEventsAsMayBeAreTaken() {
        String event = "{\"data\":\"x\"}";
        assertEquals(1_000, parse("[" + (event + ",").repeat(999) + event + "]").size());
        assertEquals(
                "body",
                refused(("[" + (event + ",").repeat(1_000) + event + "]").getBytes(UTF_8))
                        .problem()
                        .members()
                        .get("field"));
        String longest = "x".repeat(MIB);
        assertEquals(MIB, parse("[{\"data\":\"" + longest + "\"}]").get(0).data().length);
        Refusal tooLong = refused(("[" + event + ",{\"data\":\"" + longest + "x\"}]").getBytes(UTF_8));
        assertEquals(413, tooLong.problem().status());
        assertEquals("[1].data", tooLong.problem().members().get("field"));
    }

    /** Valid batches, and the same with bytes changed, lost or put in. */
    @Test
    void anyBytesAreEventsOrRefused() {
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            List<byte[]> data = new ArrayList<>();
            byte[] valid = batch(random, data).getBytes(UTF_8);
            List<Draft> drafts = BatchBody.parse(valid, MIB);
            assertEquals(data.size(), drafts.size());
            for (int i = 0; i < data.size(); i++)
                assertArrayEquals(data.get(i), drafts.get(i).data(), "seed " + seed);

            byte[] changed = changed(random, valid);
            try {
                BatchBody.parse(changed, MIB);
            } catch (Refusal refusal) {
                assertTrue(refusal.problem().members().keySet().containsAll(List.of("field", "rule", "value")));
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ": " + new String(changed, UTF_8), e);
            }
        }
    }

    private static String batch(Random random, List<byte[]> data) {
        var array = Json.createArrayBuilder();
        for (int count = 1 + random.nextInt(4); count > 0; count--) {
            byte[] bytes = new byte[random.nextInt(20)];
            random.nextBytes(bytes);
            boolean binary = random.nextBoolean();
            String text = new String(bytes, UTF_8);
            data.add(binary ? bytes : text.getBytes(UTF_8));
            var event = Json.createObjectBuilder()
                    .add("data", binary ? Base64.getEncoder().encodeToString(bytes) : text);
            if (binary) event.add("encoding", "base64");
            if (random.nextBoolean()) event.add("type", "é" + random.nextInt());
            if (random.nextBoolean()) event.add("contentType", "application/x+json");
            array.add(event);
        }
        return array.build().toString();
    }

    private static byte[] changed(Random random, byte[] valid) {
        byte[] changed = valid.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0 && changed.length > 0; changes--) {
            int at = random.nextInt(changed.length);
            switch (random.nextInt(4)) {
                case 0 -> changed[at] = (byte) random.nextInt();
                case 1 -> changed[at] = (byte) "[]{}\",:\\u0e-.tfn ".charAt(random.nextInt(17));
                case 2 -> changed = Arrays.copyOf(changed, at);
                default -> {
                    byte[] more = Arrays.copyOf(changed, changed.length + 1);
                    System.arraycopy(changed, at, more, at + 1, changed.length - at);
                    more[at] = (byte) "[]{}\",:\\u0e-.tfn ".charAt(random.nextInt(17));
                    changed = more;
                }
            }
        }
        return changed;
    }

    /** A refusal names the field, the rule and the value, each in words. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | body | a JSON array of events | text that is not JSON",
                "{} | body | a JSON array of events | an object",
                "\"x\" | body | a JSON array of events | a string",
                "7 | body | a JSON array of events | a number",
                "null | body | a JSON array of events | null",
                "[null] | [0] | a JSON object | null",
                "[[]] | [0] | a JSON object | an array",
                "[\"x\"] | [0] | a JSON object | a string",
                "[{\"data\":null}] | [0].data | a string | null",
                "[{\"data\":{}}] | [0].data | a string | an object",
                "[{\"data\":[]}] | [0].data | a string | an array",
                "[{\"data\":7.5}] | [0].data | a string | a number",
                "[{\"data\":\"x\"},{\"data\":true}] | [1].data | a string | true",
                "[{\"data\":\"x\",\"type\":false}] | [0].type | a string | false",
                "[{\"type\":\"x\"}] | [0].data | a string | nothing",
                "\ufeff[] | body | a JSON array of events, without a byte order mark | a byte order mark before it",
                "[x] | body | a JSON array of events | text that is not JSON at line 1, column"
            })
    void aRefusalIsInWords(String body, String field, String rule, String value) {
        Problem problem = refused(body.getBytes(UTF_8)).problem();

        assertEquals(field, problem.members().get("field"));
        assertEquals(rule, problem.members().get("rule"));
        String shown = String.valueOf(problem.members().get("value"));
        assertTrue(shown.startsWith(value), shown);
        assertEquals(field + " must be " + rule + ", not '" + shown + "'.", problem.detail());
    }

    @Test
    void bytesThatAreNotUtf8AreNamed() {
        Problem problem = refused(new byte[] {'[', (byte) 0xff, ']'}).problem();
        assertEquals("bytes that are not UTF-8", problem.members().get("value"));
    }

    @ParameterizedTest
    @MethodSource("io.holdfast.testing.JsonCases#all")
    void anyTextIsEventsOrRefused(JsonCases.Case each) {
        Refusal refusal = refused(each.bytes());
        boolean utf8 = each.kind() != JsonCases.Kind.NOT_UTF_8;

        if (!utf8)
            assertEquals(
                    "a JSON array of events, in UTF-8",
                    refusal.problem().members().get("rule"));
    }
}
