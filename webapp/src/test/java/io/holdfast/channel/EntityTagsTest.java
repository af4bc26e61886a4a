// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tags in If-None-Match. */
class EntityTagsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "\"a\" | a",
                "W/\"a\" | a",
                "\"a\", \"b\" | a b",
                "\"a\",W/\"b\" ,\"\" | 'a b '",
                "a | a",
                "\"a,b\" | a,b",
                "\"a | \"a"
            })
    void aTagIsParsedWithOrWithoutQuotes(String header, String tags) {
        assertEquals(List.of(tags.split(" ", -1)), EntityTags.of(header));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"* | true", "W/\"a\", \"id\" | true", "id | true", "\"*\" | false", "\"i\" | false", "'' | false"})
    void anyOfThemOrAnAsteriskMatches(String header, boolean matches) {
        assertEquals(matches, EntityTags.match(header, "id"));
    }
}
