// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which route a request takes. The port of the first target tells which it was. */
class RouteTableTest {

    private static RouteTable table(String... lines) {
        RoutesFile.Parsed parsed = RoutesFile.parse(Path.of(""), List.of(lines));
        assertEquals(List.of(), parsed.problems());
        return new RouteTable(parsed.routes());
    }

    private static int port(Optional<Route> route) {
        return route.map(found -> found.targets().get(0).port()).orElse(0);
    }

    private static void assertFound(RouteTable table, int port, String host, String path, boolean tls) {
        assertEquals(port, port(table.find(host, path, tls)), host + " " + path + " " + tls);
    }

    @Test
    void theHostCountsBeforeTheStar() {
        RouteTable table = table("*,path_beg=/long/path a:1", "one.example a:2", "two.example a:3");

        assertFound(table, 2, "one.example", "/long/path", false);
        assertFound(table, 3, "two.example", "/", true);
        assertFound(table, 1, "three.example", "/long/path", false);
        assertFound(table, 0, "three.example", "/", false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/../secret",
                "/api/./x",
                "/x/..",
                "/x/.",
                "/..",
                "/api/%2e%2E/x",
                "/api/.%2e/x",
                "/api/..;a=b/x",
                "/api/..%2fx",
                "/api%2F..%2Fx",
                "/api/..\\x",
                "/api%5c..%5cx",
                "/api/x/../../y"
            })
    void aPathThatMayMeanAnotherIsAmbiguousWhereThePathDecides(String path) {
        assertTrue(table("*,path_beg=/api/ a:1", "* a:2").isAmbiguous("any", path, false));
        assertTrue(table("*,path_rem=3 a:1").isAmbiguous("any", path, false));
        assertFalse(table("* a:1", "other,path_beg=/api/ a:2").isAmbiguous("any", path, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/...",
                "/api/.x",
                "/api/x.",
                "/api/a..b/",
                "/api/..x",
                "/",
                "/api//x",
                "/api/%252e%252e/x",
                "/a;../x"
            })
    void otherDotsAreOrdinary(String path) {
        assertFalse(table("*,path_beg=/api/ a:1").isAmbiguous("any", path, false));
    }

    @Test
    void aHostThatHasLinesNeverTakesOneOfTheStar() {
        RouteTable table = table("* a:1", "one.example,path_beg=/a a:2");

        assertFound(table, 2, "one.example", "/a", false);
        assertFound(table, 0, "one.example", "/b", false);
    }

    @Test
    void neitherCaseNorPortOfTheHostMatter() {
        RouteTable table = table("one.example a:1", "::1 a:2", "127.0.0.1 a:3", "* a:4");

        assertFound(table, 1, "ONE.Example", "/", false);
        assertFound(table, 1, "one.example:8080", "/", false);
        assertFound(table, 2, "[::1]:8080", "/", false);
        assertFound(table, 2, "[::1]", "/", false);
        assertFound(table, 2, "::1", "/", false);
        assertFound(table, 3, "127.0.0.1:8080", "/", false);
        for (String other : List.of("", ":", "[", "[]", "[:", "one.example.", "*", "xone.example", "::2"))
            assertFound(table, 4, other, "/", false);
    }

    @Test
    void theLongestPathCounts() {
        RouteTable table = table("*,path_beg=/a a:1", "*,path_beg=/a/b a:2", "*,path_beg=/ a:3");

        assertFound(table, 2, "h", "/a/b/c", false);
        assertFound(table, 1, "h", "/a/c", false);
        assertFound(table, 1, "h", "/abc", false);
        assertFound(table, 3, "h", "/b?/a", false);
        assertFound(table, 1, "h", "/a?x", false);
    }

    @Test
    void encryptionIsAskedForOrNot() {
        RouteTable table = table("*,ssl=yes a:1", "* a:2");
        assertFound(table, 1, "h", "/", true);
        assertFound(table, 2, "h", "/", false);

        RouteTable plain = table("*,ssl=no a:1", "* a:2");
        assertFound(plain, 2, "h", "/", true);
        assertFound(plain, 1, "h", "/", false);

        assertFound(table("*,ssl=yes a:1"), 0, "h", "/", false);
    }

    @Test
    void theProtocolCountsBeforeThePathAndThePathBeforeEncryption() {
        RouteTable table = table(
                "*,ssl=yes a:1", "*,path_beg=/a a:2", "*,proto=http,path_beg=/ab a:3", "*,path_beg=/abcd,ssl=yes a:4");

        assertFound(table, 1, "h", "/", true);
        assertFound(table, 2, "h", "/a", true);
        assertFound(table, 3, "h", "/ab", true);
        assertFound(table, 3, "h", "/abcd", true);
        assertFound(table, 0, "h", "/", false);
    }

    @Test
    void theOrderOfTheLinesDoesNotMatter() {
        List<String> lines = new ArrayList<>();
        int port = 1;
        for (String domain : List.of("*", "h"))
            for (String path : List.of("", ",path_beg=/a", ",path_beg=/a/b"))
                for (String ssl : List.of("", ",ssl=yes", ",ssl=no"))
                    for (String proto : List.of("", ",proto=http"))
                        lines.add(domain + path + ssl + proto + " a:" + port++);
        RouteTable first = table(lines.toArray(String[]::new));

        for (long seed = 0; seed < 50; seed++) {
            Collections.shuffle(lines, new Random(seed));
            RouteTable other = table(lines.toArray(String[]::new));
            for (String host : List.of("h", "i"))
                for (String path : List.of("/", "/a", "/a/b/c"))
                    for (boolean tls : new boolean[] {true, false})
                        assertEquals(first.find(host, path, tls), other.find(host, path, tls));
        }
    }

    @Test
    void anIdChangesNothing() {
        RouteTable table = table("one.example,id=x a:1", "two.example,id=x a:2");

        assertFound(table, 1, "one.example", "/", false);
        assertFound(table, 2, "two.example", "/", false);
        assertFound(table, 0, "x", "/", false);
        assertFound(table, 0, "", "/", false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%61dmin/x",
                "/admin;v=1/x",
                "//admin/x",
                "/;a/admin/x",
                "/admin%2fx",
                "/admin%5Cx",
                "/admin%3Ba/x",
                "\\admin/x"
            })
    void aPathThatHidesItsRouteIsAmbiguous(String path) {
        RouteTable table = table("*,path_beg=/admin/ closed:1", "* a:2");
        assertTrue(table.isAmbiguous("any", path, false), path);
        assertFalse(table("* a:1").isAmbiguous("any", path, false), path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin/%61",
                "/admin/x;v=1",
                "/a%20b",
                "/b//c",
                "/c;admin=/x",
                "/caf%C3%A9",
                "/%",
                "/100%zz",
                "/%00"
            })
    void aPathThatHidesNoRouteIsNot(String path) {
        assertFalse(table("*,path_beg=/admin/ closed:1", "* a:2").isAmbiguous("any", path, false), path);
    }

    @Test
    void theRoutesKeepTheOrderOfTheFile() {
        RouteTable table = table("a.example a:1", "*,path_beg=/b a:2", "* a:3");

        assertEquals(
                List.of(1, 2, 3),
                table.routes().stream()
                        .map(route -> route.targets().get(0).port())
                        .toList());
        assertFound(RouteTable.EMPTY, 0, "h", "/", false);
    }
}
