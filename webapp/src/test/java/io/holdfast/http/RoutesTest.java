// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of paths. */
class RoutesTest {
    private static final Handler HANDLER = call -> {};

    private final Routes routes = new Routes()
            .add("/counter/value/", Map.of("GET", HANDLER, "POST", HANDLER))
            .add("/counters/{name}/value/", Map.of("DELETE", HANDLER));

    private Routes.Match found(String path) {
        Routes.Match match = routes.find(Routes.segments(path));
        assertNotNull(match, path);
        return match;
    }

    @Test
    void aSegmentInBracesStandsForAName() {
        assertEquals(Map.of("name", "x"), found("/counters/x/value/").names());
        assertEquals(Map.of("name", ""), found("/counters//value/").names(), "an empty name is refused as a name");
        assertEquals(Map.of(), found("/counter/value").names());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/counter",
                "/counter/value//",
                "//counter/value",
                "/Counter/value",
                "/counters/x/value/y"
            })
    void otherPathsAreNotFound(String path) {
        assertNull(routes.find(Routes.segments(path)));
    }

    @Test
    void allowListsMethodsInAFixedOrderAndGetServesHead() {
        Routes.Route counter = found("/counter/value").route();

        assertEquals("GET, HEAD, POST, OPTIONS", counter.allow());
        assertEquals("DELETE, OPTIONS", found("/counters/x/value").route().allow());
        assertEquals(HANDLER, counter.handler("HEAD"));
        assertNull(counter.handler("DELETE"));
        assertEquals(List.of("counter", "value"), counter.template());
    }
}
