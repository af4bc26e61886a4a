// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.access.token.TokenKey;
import io.holdfast.proxy.routes.Route.Header;
import io.holdfast.proxy.routes.RoutesFile.Parsed;
import io.holdfast.proxy.script.Jsonp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The meaning of the lines of a routes file, and the messages for lines that have none. */
class RoutesFileTest {
    private static final Path HERE = Path.of("");

    private static Route route(String line) {
        Parsed parsed = RoutesFile.parse(HERE, List.of(line));
        assertEquals(List.of(), parsed.problems(), line);
        return parsed.routes().get(0);
    }

    private static Target target(String target) {
        return route("* " + target).targets().get(0);
    }

    private static void assertProblem(String sentence, String line) {
        assertProblems(List.of("line 1: " + sentence), line);
    }

    private static void assertProblems(List<String> problems, String... lines) {
        Parsed parsed = RoutesFile.parse(HERE, List.of(lines));
        assertEquals(
                problems, parsed.problems().stream().map(Object::toString).toList(), () -> String.join("\n", lines));
    }

    @Test
    void pushpinsOwnFirstLineIsARoute() {
        Route route = route("* test");

        assertEquals(new Route.Condition("*", "", false, Optional.empty()), route.condition());
        assertEquals(
                List.of(new Target("test", 0, false, false, false, "test", Optional.empty(), List.of(), true)),
                route.targets());
    }

    @Test
    void theDefaultsAreThoseOfPushpinAndOfThePage() {
        Route route = route("* localhost:80");

        assertEquals(new Route.Grip(false, "", Optional.empty(), Optional.empty()), route.grip());
        assertEquals(new Route.Change(0, "", Optional.empty(), false, List.of()), route.change());
        assertEquals(new Jsonp.Options(true, "callback", "", "", "GET"), route.jsonp());
        assertFalse(route.autoCrossOrigin());
        assertFalse(route.debug());
        assertEquals(
                new Route.Patience(
                        Duration.ZERO,
                        Duration.ofMillis(250),
                        Integer.MAX_VALUE,
                        1_000,
                        0,
                        100_000,
                        false,
                        Route.Policy.FIRST),
                route.patience());
        assertEquals(new Route.Limits(Duration.ofSeconds(5), Duration.ofMinutes(10), 0), route.limits());
        assertEquals(Optional.empty(), route.health());
    }

    @Test
    void aConditionMatchesByDomainPathAndTls() {
        assertEquals(
                new Route.Condition("example.com", "/a/", true, Optional.of(true)),
                route("Example.COM,proto=http,ssl=yes,id=shop,path_beg=/a/ test")
                        .condition());
        assertEquals(Optional.of(false), route("*,ssl=no test").condition().tls());
        assertEquals("::1", route("::1 test").condition().domain());
        assertEquals("::1", route("[::1] test").condition().domain());
    }

    @Test
    void aLineThatOnlyItsIdCouldLeadToIsRefused() {
        for (String line : List.of("id=shop test", ",id=shop test", "\"\",id=shop test", ",debug test"))
            assertProblem(
                    "There is no domain; a request cannot ask for a route by its id. Begin with * for any domain.",
                    line);
    }

    @Test
    void theKeyOfAFileIsReadFromTheFolderOfTheRoutes(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("key"), "00ff");
        Parsed parsed = RoutesFile.parse(folder, List.of("*,sig_key=file:key test"));

        assertEquals(List.of(), parsed.problems());
        assertEquals(
                Optional.of(TokenKey.signing("base64:AP8=", HERE)),
                parsed.routes().get(0).grip().key());
    }

    @Test
    void aKeyThatCannotSignIsAFaultOfItsLine(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("text"), "hush, a secret");
        Path none = folder.resolve("none"), text = folder.resolve("text");
        assertProblems(
                List.of(
                        "line 1: sig_key cannot be used: what stands after base64: is not a key.",
                        "line 2: sig_key cannot be used: the key file " + none + " cannot be read as text.",
                        "line 3: sig_key cannot be used: what stands in " + text + " is not a key."),
                "*,sig_key=base64:a test",
                "a.example,sig_key=file:" + none + " test",
                "b.example,sig_key=file:" + text + " test");
    }

    @Test
    void aConditionSetsTheGripOptions() {
        assertEquals(
                new Route.Grip(true, "shop-", Optional.of("me"), Optional.of(TokenKey.signing("base64:AA==", HERE))),
                route("*,no_grip,prefix=shop-,sig_iss=me,sig_key=base64:AA== test")
                        .grip());
        assertEquals(
                new Route.Grip(false, "", Optional.empty(), Optional.empty()),
                route("*,prefix=,sig_iss=,sig_key= test").grip());
    }

    @Test
    void aConditionSetsTheChangesToARequest() {
        assertEquals(
                new Route.Change(
                        3,
                        "",
                        Optional.of("example.com:81"),
                        true,
                        List.of(new Header("X-A", "b: c, d"), new Header("Cookie", ""), new Header("x-e", "f"))),
                route(
                                "*,path_rem=3,as_host=example.com:81,orig_headers,header=\"X-A: b: c, d\",header=Cookie:,header=x-e:f test")
                        .change());
    }

    @Test
    void replacingTheBeginningTakesAsMuchAwayAsPathBegHas() {
        Route.Change change =
                route("*,path_beg=/a/bc,replace_beg=/d,path_rem=99 test").change();

        assertEquals(5, change.remove());
        assertEquals("/d", change.prepend());
        assertEquals(5, route("*,path_beg=/a/bc,replace_beg= test").change().remove());
        assertEquals(0, route("*,replace_beg=/d test").change().remove());
    }

    @Test
    void aConditionSetsTheCorsAndJsonpOptions() {
        Route route = route("*,aco,jsonp_mode=basic,jsonp_body=b,jsonp_cb=c,jsonp_defcb=d,debug test");

        assertTrue(route.autoCrossOrigin());
        assertTrue(route.debug());
        assertEquals(new Jsonp.Options(false, "c", "b", "d", "POST"), route.jsonp());
        assertEquals("PUT", route("*,jsonp_defmethod=PUT test").jsonp().defaultMethod());
        assertEquals(
                "PUT",
                route("*,jsonp_defmethod=PUT,jsonp_mode=basic test").jsonp().defaultMethod());
    }

    @Test
    void theLinesOfPushpinsOwnExamplesAreRoutes() {
        List<String> lines = List.of(
                "*,debug origin:80",
                "*,path_beg=/jsonp,aco,debug origin:80",
                "*,path_beg=/jsonp-basic,aco,jsonp_mode=basic,jsonp_body=bparam,jsonp_defcb=jpcb,debug origin:80");

        Parsed parsed = RoutesFile.parse(HERE, lines);

        assertEquals(List.of(), parsed.problems());
        assertEquals(3, parsed.routes().size());
    }

    @Test
    void flagsMayBeGivenAsYes() {
        assertTrue(route("*,debug=yes test").debug());
        assertTrue(target("localhost:443,ssl=yes").tls());
        assertProblem("debug must be without a value, or left out, not 'no'.", "*,debug=no test");
    }

    @Test
    void theLevelOfTheLogIsIgnored() {
        assertEquals(route("* test"), route("*,log_level=3 test"));
    }

    @Test
    void aTargetIsReadWhole() {
        assertEquals(
                new Target(
                        "back-end_1.example",
                        8443,
                        true,
                        true,
                        true,
                        "back-end_1.example",
                        Optional.of("example.com:81"),
                        List.of("a", "b,c"),
                        false),
                target(
                        "back-end_1.example:8443,ssl,insecure,untrusted,trust_connect_host,host=example.com:81,sub=a,sub=,sub=\"b,c\""));
        assertEquals(Optional.empty(), target("localhost:80,host=").hostHeader());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "* a:1 a",
                "* [::1]:1 ::1",
                "Shop.Example a:1 shop.example",
                "*,as_host=b:81 a:1 b",
                "shop.example,as_host=b a:1 b",
                "shop.example a:1,host=c:82 c",
                "shop.example a:1,host=[::2]:82 ::2",
                "shop.example a:1,host=c,trust_connect_host a",
                "*,id=x a:1 a",
                "::1 a:1 ::1"
            })
    void aTargetMustShowACertificateOf(String condition, String target, String name) {
        assertEquals(name, route(condition + " " + target).targets().get(0).certified());
    }

    @Test
    void targetsKeepTheirOrder() {
        assertEquals(
                List.of("b:2", "a:1", "[::1]:3", "test"),
                route("* b:2 a:1 [::1]:3 test").targets().stream()
                        .map(Target::address)
                        .toList());
    }

    @Test
    void anAddressOfSixMayBeATarget() {
        assertEquals("2001:db8::7", target("[2001:db8::7]:8080").host());
        assertEquals("::ffff:127.0.0.1", target("[::ffff:127.0.0.1]:8080").host());
        assertEquals(8080, target("[::1]:8080").port());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:",
                ":80",
                "::1:80",
                "[::1]",
                "[]:80",
                "[1]:80",
                "[:::1]:80",
                "[1.2.3.4]:80",
                "[localhost]:80",
                "[::1%eth0]:80",
                "[::1]80",
                "host:80:80",
                "http://localhost:80",
                "localhost:80/path",
                "user@localhost:80",
                "localhost:+80",
                "h\u00f6st:80",
                "localhost:\u0668\u0660",
                "TEST",
                "localhost:1000000000"
            })
    void aMalformedTargetAddressIsRefused(String address) {
        assertProblem("A target must be HOST:PORT, [IPV6]:PORT or test, not '" + address + "'.", "* " + address);
    }

    @Test
    void aTargetHasAPortThatThereIs() {
        assertProblem("The port of a target must be from 1 to 65535, not 0.", "* localhost:0");
        assertProblem("The port of a target must be from 1 to 65535, not 65536.", "* localhost:65536");
        assertEquals(65_535, target("localhost:65535").port());
    }

    @Test
    void aPartWithArgumentsOnlyIsNoTarget() {
        assertProblem("A target must be HOST:PORT, [IPV6]:PORT or test, not ''.", "* ,ssl");
    }

    @Test
    void theWaitParametersOfATargetApplyToItsRoute() {
        assertEquals(
                new Route.Patience(
                        Duration.ofSeconds(30),
                        Duration.ofMillis(10),
                        7,
                        50,
                        1,
                        1 << 20,
                        true,
                        Route.Policy.ROUND_ROBIN),
                route(
                                "* a:1,try_duration=30,try_interval=0.01,retries=7,max_waiting=50,concurrency=1,body_buffer=1MiB,retry_unsafe,policy=round_robin b:2")
                        .patience());
        assertEquals(
                new Route.Limits(Duration.ofMillis(1_500), Duration.ofSeconds(2), 5_000_000_000L),
                route("* a:1,connect_timeout=1.5,timeout=2,max_body=5000000000").limits());
        assertEquals(
                Optional.of(new Route.Health("/up?deep=1", Duration.ofSeconds(5))),
                route("* a:1,health=/up?deep=1").health());
        assertEquals(
                Optional.of(new Route.Health("/up", Duration.ofMillis(500))),
                route("* a:1,health=/up,health_interval=0.5").health());
    }

    @Test
    void anyTargetMaySayIt() {
        assertEquals(route("* a:1,timeout=2 b:2"), route("* a:1 b:2,timeout=2"));
        assertEquals(route("* a:1,timeout=2 b:2"), route("* a:1,timeout=2 b:2,timeout=2.0"));
        assertEquals(
                Integer.MAX_VALUE, route("* a:1,retries=unlimited").patience().retries());
    }

    @Test
    void targetsMustNotContradictEachOther() {
        assertProblem(
                "timeout is for the whole route, and its targets say different things; say one.",
                "* a:1,timeout=2 b:2,timeout=3");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
                    try_duration=-1     | a number of seconds from 0 to 86400
                    try_duration=86401  | a number of seconds from 0 to 86400
                    try_duration=30s    | a number of seconds from 0 to 86400
                    try_duration=       | a number of seconds from 0 to 86400
                    try_duration=1e3    | a number of seconds from 0 to 86400
                    try_duration=.5     | a number of seconds from 0 to 86400
                    try_duration=\u0661 | a number of seconds from 0 to 86400
                    try_interval=0      | a number of seconds from 0.001 to 60
                    retries=-1          | a whole number from 0 to 1000000, or unlimited
                    retries=1000001     | a whole number from 0 to 1000000, or unlimited
                    max_waiting=x       | a whole number from 0 to 1000000
                    max_waiting=99999999999 | a whole number from 0 to 1000000
                    concurrency=1.5     | a whole number from 0 to 1000000
                    body_buffer=65MiB   | a size from 0 to 64MiB
                    retry_unsafe=maybe  | without a value, or left out
                    policy=random       | first or round_robin
                    connect_timeout=0   | a number of seconds from 0.01 to 600
                    timeout=0.001       | a number of seconds from 0.01 to 86400
                    health=up           | a path, perhaps with a query
                    health_interval=0   | a number of seconds from 0.1 to 3600
                    max_body=-1         | a size from 0 to 1048576GiB
                    host=a/b            | HOST or HOST:PORT
                    ssl=no              | without a value, or left out
                    """)
    void aWrongValueOfATargetIsNamedWithItsRule(String argument, String rule) {
        String name = argument.substring(0, argument.indexOf('=')), value = argument.substring(name.length() + 1);
        assertProblem(name + " must be " + rule + ", not '" + value + "'.", "* localhost:80," + argument);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
                    proto=https        | http
                    ssl=               | no or yes
                    ssl=true           | no or yes
                    path_rem=-1        | a whole number from 0 to 10000
                    path_rem=three     | a whole number from 0 to 10000
                    replace_beg=a      | nothing, or a path without ? and #
                    replace_beg=/a?b   | nothing, or a path without ? and #
                    jsonp_mode=        | basic or extended
                    jsonp_defmethod=A:B | a method of HTTP
                    as_host=http://a   | HOST or HOST:PORT
                    aco=1              | without a value, or left out
                    """)
    void aWrongValueOfAConditionIsNamedWithItsRule(String argument, String rule) {
        String name = argument.substring(0, argument.indexOf('=')), value = argument.substring(name.length() + 1);
        assertProblem(name + " must be " + rule + ", not '" + value + "'.", "*," + argument + " test");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/a?b", "\"/a b\"", "/\u00e9", "\"/a#\""})
    void aPathThatNoRequestCanHaveIsRefused(String path) {
        assertProblem(
                "path_beg must be " + Parameters.PATH_BEG.rule() + ", not '" + path.replace("\"", "") + "'.",
                "*,path_beg=" + path + " test");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-A",
                ":secret",
                "X A:secret",
                "X-A:s\u00e9cret",
                "Host:secret",
                "content-length:0",
                "Transfer-Encoding:chunked",
                "connection:close"
            })
    void aHeaderThatCannotBeSetIsRefusedAndItsValueNotShown(String header) {
        assertProblem("header must be " + Parameters.HEADER.rule() + ".", "*,header=\"" + header + "\" test");
    }

    @Test
    void aHeaderIsSetOnce() {
        assertProblem("header is there twice for x-a; say it once.", "*,header=X-A:1,header=x-a:2 test");
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.com:80", "*.example.com", "http://a", "a/b", "[::1", "[::1]:80", "\u00e9.example"})
    void aDomainIsANameOrAnAddressOrAStar(String domain) {
        assertProblem(
                "The domain must be * or a host's name or address without a port, not '" + domain + "'.",
                domain + " test");
    }

    @Test
    void aRouteWithoutATargetIsRefused() {
        assertProblem("There is no target; name one after the condition, such as localhost:8080.", "*");
        assertProblem("There is no target; name one after the condition, such as localhost:8080.", "localhost:80");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    *,proto=ws test      | proto=ws is not supported: WebSocket is not proxied yet; take it out, or the line if it is for nothing else.
                    *,session test       | session is not supported: there are no reliable sessions; take it out.
                    *,sockjs=/s test     | sockjs is not supported: let clients use streams or long polls, and take it out.
                    *,sockjs_as_path=/s test | sockjs_as_path is not supported: let clients use streams or long polls, and take it out.
                    * a:1,over_http      | over_http is not supported: WebSocket is not proxied yet; take it out, or the line if it is for nothing else.
                    * a:1,one_event      | one_event is not supported: WebSocket is not proxied yet; take it out, or the line if it is for nothing else.
                    * a:1,ipc_file_mode=777 | ipc_file_mode is not supported: ZeroMQ is not spoken; name an HTTP backend as HOST:PORT.
                    * a:1,client_cert=c  | client_cert is not supported: backends are shown no certificate; put a proxy that does so before it, and name that.
                    * a:1,client_key=k   | client_key is not supported: backends are shown no certificate; put a proxy that does so before it, and name that.
                    * zhttp/tcp://a:1    | zhttp/ is not supported: ZeroMQ is not spoken; name an HTTP backend as HOST:PORT.
                    * zhttpreq/tcp://a:1 | zhttpreq/ is not supported: ZeroMQ is not spoken; name an HTTP backend as HOST:PORT.
                    """)
    void aPushpinOnlyFeatureIsRefusedWithAdvice(String line, String sentence) {
        assertProblem(sentence, line);
    }

    @Test
    void anUnknownOrMisplacedParameterIsRefused() {
        assertProblem(
                "tri_duration is not a parameter of a target; the nearest is try_duration.", "* a:1,tri_duration=3");
        assertProblem("Debug is not a parameter of the condition; the nearest is debug.", "*,Debug test");
        assertProblem("try_duration belongs to a target, not to the condition.", "*,try_duration=3 test");
        assertProblem("path_beg belongs to the condition, not to a target.", "* a:1,path_beg=/");
    }

    @Test
    void aRepeatedParameterIsRefused() {
        assertProblem("id is there twice; say it once.", "*,id=a,id=b test");
        assertProblem("ssl is there twice; say it once.", "* a:1,ssl,ssl");
    }

    @Test
    void twoLinesMustNotHaveTheSameCondition() {
        assertProblems(
                List.of("line 3: The condition is that of line 1; join the lines, or let them differ."),
                "a.example,path_beg=/x,id=1 test",
                "b.example,path_beg=/x test",
                "A.example,path_beg=/x,id=2,debug localhost:80");
        assertProblems(
                List.of(), "* test", "*,ssl=yes test", "*,ssl=no test", "*,proto=http test", "*,path_beg=/ test");
    }

    @Test
    void linesMayShareAnId() {
        assertProblems(List.of(), "a,id=x test", "b,id=x test");
    }

    @Test
    void everyFaultOfAFileIsReportedAndTheOtherLinesAreRoutes() {
        Parsed parsed = RoutesFile.parse(
                HERE,
                List.of(
                        "# routes",
                        "",
                        "*,debug=2,colour=red a:1,timeout=x b",
                        "a.example a:1 # fine",
                        "b.example \"a:1",
                        "c.example a:1"));

        assertEquals(
                List.of(
                        "line 3: colour is not a parameter of the condition.",
                        "line 3: debug must be without a value, or left out, not '2'.",
                        "line 3: timeout must be a number of seconds from 0.01 to 86400, not 'x'.",
                        "line 3: A target must be HOST:PORT, [IPV6]:PORT or test, not 'b'.",
                        "line 5: A quote is not closed."),
                parsed.problems().stream().map(Object::toString).toList());
        assertEquals(
                List.of("a.example", "c.example"),
                parsed.routes().stream()
                        .map(route -> route.condition().domain())
                        .toList());
    }

    @Test
    void noRouteShowsItsSecrets() {
        String shown = route("*,sig_key=hush,header=X-Key:hush test").toString();

        assertFalse(shown.contains("hush"), shown);
        assertProblems(List.of("line 1: sig_key is there twice; say it once."), "*,sig_key=hush,sig_key=hush2 test");
    }

    @Test
    void aRouteIsTheSameWhereverItsLineStands() {
        Parsed parsed = RoutesFile.parse(HERE, List.of("", "*,debug a:1,timeout=2"));

        assertEquals(List.of(route("*,debug a:1,timeout=2.0")), parsed.routes());
    }

    @Test
    void aFaultyLineDoesNotStopTheParser() {
        String[] words = {
            "*",
            " ",
            ",",
            "=",
            "\"",
            "#",
            "a.example",
            "test",
            "[::1]:80",
            "a:1",
            "id",
            "ssl",
            "path_beg",
            "/",
            "timeout",
            "2",
            "header",
            "X:y",
            "zhttp/",
            "sub",
            "\\",
            "retries",
            "\u00e9"
        };
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            StringBuilder line = new StringBuilder("* ");
            for (int length = random.nextInt(12); length > 0; length--)
                line.append(words[random.nextInt(words.length)]);
            Parsed parsed = RoutesFile.parse(HERE, List.of(line.toString(), "z.example test"));

            assertEquals(
                    "z.example",
                    parsed.routes().get(parsed.routes().size() - 1).condition().domain());
            assertEquals(2, parsed.routes().size() + (parsed.problems().isEmpty() ? 0 : 1), line.toString());
        }
    }
}
