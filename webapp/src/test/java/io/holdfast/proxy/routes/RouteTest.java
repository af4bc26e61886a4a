// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The paths that backends are asked for. */
class RouteTest {

    private static Route route(String condition) {
        return RoutesFile.parse(Path.of(""), List.of("*," + condition + " test"))
                .routes()
                .get(0);
    }

    @Test
    void aPathIsUnchangedUnlessTheRouteRewritesIt() {
        for (String path : List.of("/", "/a%2Fb/../c;d", "/a?b=/c?d", "*"))
            assertEquals(path, route("debug").rewrite(path));
    }

    @Test
    void charactersAreTakenAwayAtTheBeginning() {
        Route route = route("path_rem=3");

        assertEquals("/d", route.rewrite("/bc/d"));
        assertEquals("/d/e?f", route.rewrite("/bcd/e?f"));
        assertEquals("/", route.rewrite("/bc"));
        assertEquals("/", route.rewrite("/"));
    }

    @Test
    void theQueryIsNeverTouched() {
        Route route = route("path_rem=3");

        assertEquals("/?abc/def", route.rewrite("/b?abc/def"));
        assertEquals("/?", route.rewrite("/?"));
        assertEquals("/d?%41=%zz?", route.rewrite("/bc/d?%41=%zz?"));
    }

    @Test
    void theBeginningIsReplaced() {
        Route route = route("path_beg=/a,replace_beg=/x/y");

        assertEquals("/x/y/b?c", route.rewrite("/a/b?c"));
        assertEquals("/x/y", route.rewrite("/a"));
        assertEquals("/x/yb", route.rewrite("/ab"));
    }

    @Test
    void aPathThatIsLeftWithoutItsSlashIsGivenOne() {
        assertEquals("/b", route("path_beg=/a/,replace_beg=").rewrite("/a/b"));
        assertEquals("/?c", route("path_beg=/a,replace_beg=").rewrite("/a?c"));
    }

    @Test
    void theBuiltInBackendDoesNotSeePathBeg() {
        assertEquals("/response?channel=a", route("path_beg=/t").rewriteForTest("/t/response?channel=a"));
        assertEquals("/response", route("path_beg=/t/").rewriteForTest("/t/response"));
        assertEquals("/", route("path_beg=/t").rewriteForTest("/t"));
        assertEquals("/stream", route("debug").rewriteForTest("/stream"));
    }

    @Test
    void aPrefixThatTheRouteRemovesIsNotRemovedTwice() {
        assertEquals("/response", route("path_beg=/t,replace_beg=").rewriteForTest("/t/response"));
        assertEquals("/response?a", route("path_beg=/t/,replace_beg=/").rewriteForTest("/t/response?a"));
        assertEquals("/response", route("path_beg=/t,path_rem=2").rewriteForTest("/t/response"));
        assertEquals("/x/response", route("path_beg=/t,replace_beg=/x").rewriteForTest("/t/response"));
    }
}
