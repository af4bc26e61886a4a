// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.config.Option;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The parameters that a line of the routes file may have. */
final class Parameters {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final String PATH = "/[!-~&&[^?#]]*";
    private static final String HOST = "[A-Za-z0-9._-]+(:[0-9]{1,5})?|\\[[0-9A-Fa-f:.]+](:[0-9]{1,5})?";
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");

    /** Whoever sets these would change where a message ends, or whom it is for. */
    private static final Pattern FRAMING =
            Pattern.compile("(?i)connection|content-length|host|keep-alive|te|trailer|transfer-encoding|upgrade");

    static final Option<Boolean> PROTO =
            words("proto", "", Map.of("http", true), "Is for HTTP. Such a line goes before the others of its domain.");
    static final Option<Boolean> CLIENT_TLS = words(
            "ssl",
            "",
            Map.of("yes", true, "no", false),
            "Whether the client's connection must be encrypted, or must not be.");
    static final Option<String> ID =
            Option.text("id", "", ".*", "text", "Ignored: a request cannot ask for a route by its id.");
    static final Option<String> PATH_BEG = Option.text(
            "path_beg",
            "",
            PATH,
            "the beginning of a path, as it stands in a request: /, then visible ASCII characters without ? and #",
            "How the path begins. The longest that fits counts.");
    static final Option<String> SIG_ISS =
            Option.text("sig_iss", "", ".*", "text", "Who signs the requests (`iss` of `Grip-Sig`).");
    static final Option<String> SIG_KEY = Option.text(
            "sig_key",
            "",
            ".*",
            "text, `base64:` and text, or `file:` and a path",
            "What the requests are signed with; a path is seen from the folder of the routes file, and read with it.");
    static final Option<String> PREFIX =
            Option.text("prefix", "", ".*", "text", "Stands before the name of every channel.");
    static final Option<Boolean> ORIG_HEADERS = flag(
            "orig_headers",
            "The backend is given each header of the client a second time, under a name with `eb9bf0f5-` before it.");
    static final Option<String> AS_HOST =
            Option.text("as_host", "", "|" + HOST, "HOST or HOST:PORT", "The host that the request is made to be for.");
    static final Option<Integer> PATH_REM =
            Option.number("path_rem", 0, 0, 10_000, "How many characters of the path are taken away at its beginning.");
    static final Option<String> REPLACE_BEG = Option.text(
            "replace_beg",
            "",
            "|" + PATH,
            "nothing, or a path without ? and #",
            "What stands in place of `path_beg` in the request to the backend; `path_rem` does not count then.");
    static final Option<Boolean> DEBUG = flag("debug", "Failures tell the client their reason.");
    static final Option<Boolean> ACO = flag(
            "aco",
            "Answers are opened to the scripts of other sites (CORS), and requests of scripts (JSONP) are recognised.");
    static final Option<Boolean> JSONP_EXTENDED = words(
            "jsonp_mode",
            "extended",
            Map.of("extended", true, "basic", false),
            "Whether a JSONP answer has status and headers too, or its body only.");
    static final Option<String> JSONP_CB =
            Option.text("jsonp_cb", "callback", ".*", "text", "The query parameter that names the function to call.");
    static final Option<String> JSONP_BODY = Option.text(
            "jsonp_body",
            "",
            ".*",
            "text",
            "The query parameter that has the body, as JSON. `_body` has it, of any kind, if this is not set.");
    static final Option<String> JSONP_DEFCB = Option.text(
            "jsonp_defcb",
            "",
            ".*",
            "text",
            "The function that is called where the query names none and has the parameter that `jsonp_body` sets.");
    static final Option<String> JSONP_DEFMETHOD = Option.text(
            "jsonp_defmethod",
            "",
            TOKEN,
            "a method of HTTP",
            "The method where the query names none: `GET`, or in the basic mode `POST`, unless it is set.");
    static final Option<Route.Header> HEADER = new Option<>(
            "header",
            "",
            "NAME:VALUE in visible ASCII characters and spaces, of a header that neither frames a message nor names its host",
            "A header that the backend is given in place of those of this name; nothing after the colon takes them away. As often as there are names.",
            Parameters::header);
    static final Option<Boolean> NO_GRIP = flag("no_grip", "GRIP is not spoken with the backend.");
    static final Option<String> LOG_LEVEL =
            Option.text("log_level", "", ".*", "text", "Ignored: the server's own logging decides.");

    static final Option<Boolean> TLS = flag("ssl", "The target is spoken to by TLS.");
    static final Option<Boolean> UNTRUSTED = flag(
            "untrusted",
            "The target is outside: it is not connected to at an address of this machine or of a private network.");
    static final Option<Boolean> TRUST_CONNECT_HOST = flag(
            "trust_connect_host",
            "The certificate must be that of the target as it is named here, rather than that of `host`, or else of `as_host` or the domain of the line.");
    static final Option<Boolean> INSECURE = flag("insecure", "Any certificate will do.");
    static final Option<String> HOST_HEADER = Option.text(
            "host",
            "",
            "|" + HOST,
            "HOST or HOST:PORT",
            "What the target is told as `Host`, rather than what the client said; and by TLS, without the port.");
    static final Option<String> SUB = Option.text(
            "sub",
            "",
            ".*",
            "text",
            "A channel to which whoever is held is subscribed besides those that the backend names. As often as there are channels.");

    static final Option<Duration> TRY_DURATION = seconds(
            "try_duration",
            "0",
            "0",
            "86400",
            "How long after its arrival a request may begin another attempt at a backend that is away. 0 tries every target once.");
    static final Option<Duration> TRY_INTERVAL =
            seconds("try_interval", "0.25", "0.001", "60", "The pause between two attempts.");
    static final Option<Integer> RETRIES = new Option<>(
            "retries",
            "unlimited",
            "a whole number from 0 to 1000000, or unlimited",
            "How many attempts may follow the first one within `try_duration`.",
            Parameters::retries);
    static final Option<Integer> MAX_WAITING = Option.number(
            "max_waiting",
            1_000,
            0,
            1_000_000,
            "How many requests may wait at a time; one more is answered 503 with `Retry-After`.");
    static final Option<Integer> CONCURRENCY = Option.number(
            "concurrency",
            0,
            0,
            1_000_000,
            "How many requests the address of each target is given at a time; others wait. 0 is any number, 1 is for backends with a single thread.");
    static final Option<Long> BODY_BUFFER = Option.bytes(
            "body_buffer",
            "100000",
            "0",
            "64MiB",
            "How many bytes of a request's body are kept to be sent again; a longer one is sent once only. Each waiting request may take so much memory.");
    static final Option<Boolean> RETRY_UNSAFE = flag(
            "retry_unsafe",
            "A request of any method may be sent again after a connection was made, although the backend may have acted on it.");
    static final Option<Route.Policy> POLICY = words(
            "policy",
            "first",
            Map.of("first", Route.Policy.FIRST, "round_robin", Route.Policy.ROUND_ROBIN),
            "Which target is tried first: that of the file, or each in its turn.");
    static final Option<Duration> CONNECT_TIMEOUT = seconds(
            "connect_timeout",
            "5",
            "0.01",
            "600",
            "How long making a connection may take, where the host has several addresses at all of them.");
    static final Option<Duration> TIMEOUT = seconds(
            "timeout", "600", "0.01", "86400", "How long the head of the answer may take once there is a connection.");
    static final Option<String> HEALTH = Option.text(
            "health",
            "",
            "|/[!-~&&[^#]]*",
            "a path, perhaps with a query",
            "What every target is asked for now and then. One that does not answer with a status from 200 to 299 within two seconds is given no requests until it does. Without it, none is asked.");
    static final Option<Duration> HEALTH_INTERVAL =
            seconds("health_interval", "5", "0.1", "3600", "The pause between two of these questions.");
    static final Option<Long> MAX_BODY = Option.bytes(
            "max_body",
            "0",
            "0",
            "1048576GiB",
            "The longest body of a request; a longer one is answered 413. 0 is any length.");

    /** Of the condition, as in Pushpin. */
    static final List<Option<?>> CONDITION = List.of(
            PROTO,
            CLIENT_TLS,
            ID,
            PATH_BEG,
            SIG_ISS,
            SIG_KEY,
            PREFIX,
            ORIG_HEADERS,
            AS_HOST,
            PATH_REM,
            REPLACE_BEG,
            DEBUG,
            ACO,
            JSONP_EXTENDED,
            JSONP_CB,
            JSONP_BODY,
            JSONP_DEFCB,
            JSONP_DEFMETHOD,
            HEADER,
            NO_GRIP,
            LOG_LEVEL);

    /** Of a target, as in Pushpin. */
    static final List<Option<?>> TARGET = List.of(TLS, UNTRUSTED, TRUST_CONNECT_HOST, INSECURE, HOST_HEADER, SUB);

    /** Of a target and in no Pushpin; what one of them says holds for the route. */
    static final List<Option<?>> ADDED = List.of(
            TRY_DURATION,
            TRY_INTERVAL,
            RETRIES,
            MAX_WAITING,
            CONCURRENCY,
            BODY_BUFFER,
            RETRY_UNSAFE,
            POLICY,
            CONNECT_TIMEOUT,
            TIMEOUT,
            HEALTH,
            HEALTH_INTERVAL,
            MAX_BODY);

    private static final Set<Option<?>> REPEATABLE = Set.of(HEADER, SUB);
    private static final Set<Option<?>> SECRET = Set.of(SIG_KEY, HEADER);

    /** Whether it may stand there more than once. */
    static boolean repeatable(String name) {
        return REPEATABLE.stream().anyMatch(option -> option.key().equals(name));
    }

    /** Why the option cannot have this value, without the value where that is nobody's business. */
    static String fault(Option<?> option, String value) {
        return option.key() + " must be " + option.rule() + (SECRET.contains(option) ? "." : ", not '" + value + "'.");
    }

    private Parameters() {}

    private static Option<Boolean> flag(String name, String meaning) {
        return new Option<>(name, "", "without a value, or left out", meaning, text -> {
            require(text.isEmpty() || text.equals("yes"));
            return true;
        });
    }

    private static <T> Option<T> words(String name, String otherwise, Map<String, T> values, String meaning) {
        String rule = String.join(" or ", values.keySet().stream().sorted().toList());
        return new Option<>(name, otherwise, rule, meaning, text -> {
            T value = values.get(text);
            if (value == null) throw new IllegalArgumentException();
            return value;
        });
    }

    private static Option<Duration> seconds(String name, String otherwise, String least, String most, String meaning) {
        return new Option<>(
                name,
                otherwise,
                "a number of seconds from " + least + " to " + most + ", such as " + otherwise,
                meaning,
                text -> {
                    require(SECONDS.matcher(text).matches());
                    BigDecimal value = new BigDecimal(text);
                    require(value.compareTo(new BigDecimal(least)) >= 0 && value.compareTo(new BigDecimal(most)) <= 0);
                    return Duration.ofNanos(value.movePointRight(9).longValueExact());
                });
    }

    private static int retries(String text) {
        if (text.equals("unlimited")) return Integer.MAX_VALUE;
        require(text.matches("[0-9]{1,7}") && Integer.parseInt(text) <= 1_000_000);
        return Integer.parseInt(text);
    }

    private static Route.Header header(String text) {
        int colon = text.indexOf(':');
        String name = text.substring(0, Math.max(0, colon)),
                value = text.substring(colon + 1).strip();
        require(name.matches(TOKEN) && !FRAMING.matcher(name).matches() && value.matches("[ -~]*"));
        return new Route.Header(name, value);
    }

    private static void require(boolean holds) {
        if (!holds) throw new IllegalArgumentException();
    }
}
