// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.http.message.HeaderParameters.Part;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HeaderParametersTest {
    private static List<String> firsts(String... namesAndValues) {
        return HeaderParameters.words(Headers.of(namesAndValues), "Fruit").stream()
                .map(HeaderParameters::first)
                .toList();
    }

    @Test
    void aListMayBeSpreadOverLinesAndCommas() {
        List<String> fruit = List.of("apple", "banana", "cherry");

        assertEquals(fruit, firsts("Fruit", "apple", "Fruit", "banana", "Fruit", "cherry"));
        assertEquals(fruit, firsts("Fruit", "apple, banana, cherry"));
        assertEquals(fruit, firsts("Fruit", "apple", "Nut", "hazel", "fruit", "banana ,cherry"));
        assertEquals(List.of(), firsts("Fruit", "", "Nut", "hazel"));
        assertEquals(List.of("apple", "", "cherry"), firsts("Fruit", "apple,,cherry,"));
    }

    @Test
    void aQuotedValueMayHaveCommasAndQuotesAndSemicolons() {
        List<HeaderParameters> fruit = HeaderParameters.words(
                Headers.of(
                        "Fruit", "apple; type=\"granny, smith\", banana; type=\"\\\"yellow\\\"\";x=\"a;b\" c;y = z "),
                "Fruit");

        assertEquals(2, fruit.size());
        assertEquals(
                List.of(new Part("apple", ""), new Part("type", "granny, smith")),
                fruit.get(0).parts());
        assertEquals("\"yellow\"", fruit.get(1).get("type"));
        assertEquals("a;b", fruit.get(1).get("X"));
        assertEquals("z", fruit.get(1).get("y"));
    }

    @Test
    void anOpenQuoteMakesTheRestOneValueOfAList() {
        assertEquals(List.of("\"apple"), HeaderParameters.list(Headers.of("Fruit", "\"apple"), "Fruit"));
        assertEquals(List.of("\"apple\\"), HeaderParameters.list(Headers.of("Fruit", "\"apple\\"), "Fruit"));
        assertEquals(List.of("a", "b \"c, d"), HeaderParameters.list(Headers.of("Fruit", "a, b \"c, d"), "Fruit"));
    }

    @Test
    void aValueWhoseQuoteIsNotClosedIsLeftOut() {
        assertEquals(List.of("apple"), firsts("Fruit", "apple; type=gala, banana; type=\"yellow, cherry"));
        assertEquals(Optional.empty(), HeaderParameters.word("a; b=\"c\\"));
        assertEquals(Optional.empty(), HeaderParameters.word("a; b=\""));
        assertEquals(Optional.empty(), HeaderParameters.pair("a=\"b"));
    }

    @Test
    void theFirstWordIsTakenAsItIs() {
        HeaderParameters value =
                HeaderParameters.word(" a=\"b\" ; flag; c=; d=e=f ").orElseThrow();

        assertEquals("a=\"b\"", value.first());
        assertEquals("", value.get("flag"));
        assertEquals("", value.get("c"));
        assertEquals("e=f", value.get("d"));
        assertNull(value.get("a=\"b\""), "the first word is no parameter");
    }

    @Test
    void aPairIsNameAndValue() {
        List<HeaderParameters> pairs =
                HeaderParameters.pairs(Headers.of("Meta", "foo=bar, bar=\"b, \\\\z\"", "Meta", "alone,"), "Meta");

        assertEquals(List.of(new Part("foo", "bar")), pairs.get(0).parts());
        assertEquals(List.of(new Part("bar", "b, \\z")), pairs.get(1).parts());
        assertEquals(List.of(new Part("alone", "")), pairs.get(2).parts());
        assertTrue(HeaderParameters.pair("").orElseThrow().parts().isEmpty());
        assertEquals("", HeaderParameters.pair("").orElseThrow().first());
    }

    @Test
    void aParameterMayComeOften() {
        HeaderParameters value =
                HeaderParameters.word("a; filter=one;Filter=two; filter=three").orElseThrow();

        assertEquals(List.of("one", "two", "three"), value.all("filter"));
        assertEquals("one", value.get("filter"));
    }
}
