// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

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

    /** Headers that a route may not set, because they decide where a message ends or which host it is for. */
    private static final Pattern FRAMING =
            Pattern.compile("(?i)connection|content-length|host|keep-alive|te|trailer|transfer-encoding|upgrade");

    static final Option<Boolean> PROTO = words(
            "proto",
            "",
            Map.of("http", true),
            "The line is for HTTP. It takes precedence over the other lines of its domain.");
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
            "The beginning of the path. The longest match wins.");
    static final Option<String> SIG_ISS =
            Option.text("sig_iss", "", ".*", "text", "The issuer of the signature (`iss` of `Grip-Sig`).");
    static final Option<String> SIG_KEY = Option.text(
            "sig_key",
            "",
            ".*",
            "text, `base64:` and text, or `file:` and a path",
            "The key that signs the requests. A path is relative to the folder of the routes file, and the key is read together with that file.");
    static final Option<String> PREFIX =
            Option.text("prefix", "", ".*", "text", "A prefix for the name of every channel.");
    static final Option<Boolean> ORIG_HEADERS = flag(
            "orig_headers",
            "The backend receives each header of the client a second time, with the prefix `eb9bf0f5-` before its name.");
    static final Option<String> AS_HOST = Option.text(
            "as_host", "", "|" + HOST, "HOST or HOST:PORT", "The host that the request is treated as addressed to.");
    static final Option<Integer> PATH_REM =
            Option.number("path_rem", 0, 0, 10_000, "The number of characters removed from the beginning of the path.");
    static final Option<String> REPLACE_BEG = Option.text(
            "replace_beg",
            "",
            "|" + PATH,
            "nothing, or a path without ? and #",
            "The replacement of `path_beg` in the request to the backend; `path_rem` is then ignored.");
    static final Option<Boolean> DEBUG = flag("debug", "Failures tell the client their reason.");
    static final Option<Boolean> ACO = flag(
            "aco",
            "Scripts of other sites may read the responses (CORS), and requests by script elements (JSONP) are recognised.");
    static final Option<Boolean> JSONP_EXTENDED = words(
            "jsonp_mode",
            "extended",
            Map.of("extended", true, "basic", false),
            "Whether a JSONP response carries status and headers too, or its body only.");
    static final Option<String> JSONP_CB =
            Option.text("jsonp_cb", "callback", ".*", "text", "The query parameter that names the function to call.");
    static final Option<String> JSONP_BODY = Option.text(
            "jsonp_body",
            "",
            ".*",
            "text",
            "The query parameter that carries the body, as JSON. If this is not set, `_body` carries a body of any type.");
    static final Option<String> JSONP_DEFCB = Option.text(
            "jsonp_defcb",
            "",
            ".*",
            "text",
            "The function to call if the query names none and has the parameter that `jsonp_body` sets.");
    static final Option<String> JSONP_DEFMETHOD = Option.text(
            "jsonp_defmethod",
            "",
            TOKEN,
            "a method of HTTP",
            "The method if the query names none: `GET`, or in the basic mode `POST`, unless this is set.");
    static final Option<Route.Header> HEADER = new Option<>(
            "header",
            "",
            "NAME:VALUE in visible ASCII characters and spaces, of a header that neither frames a message nor names its host",
            "A header that replaces those of this name in the request to the backend; nothing after the colon removes them. May be repeated, once for each name.",
            Parameters::header);
    static final Option<Boolean> NO_GRIP = flag("no_grip", "Holdfast does not speak GRIP with the backend.");
    static final Option<String> LOG_LEVEL =
            Option.text("log_level", "", ".*", "text", "Ignored: the server's own logging decides.");

    static final Option<Boolean> TLS = flag("ssl", "Holdfast connects to the target by TLS.");
    static final Option<Boolean> UNTRUSTED = flag(
            "untrusted",
            "The target is outside: Holdfast does not connect to it at an address of this machine or of a private network.");
    static final Option<Boolean> TRUST_CONNECT_HOST = flag(
            "trust_connect_host",
            "The certificate must match the name of the target in this line, instead of `host`, `as_host` or the domain of the line.");
    static final Option<Boolean> INSECURE = flag("insecure", "Any certificate is accepted.");
    static final Option<String> HOST_HEADER = Option.text(
            "host",
            "",
            "|" + HOST,
            "HOST or HOST:PORT",
            "The `Host` header for the target, instead of the client's; without the port, also the server name for TLS.");
    static final Option<String> SUB = Option.text(
            "sub",
            "",
            ".*",
            "text",
            "A channel that held requests subscribe to in addition to those that the backend names. May be repeated.");

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
            "The most attempts after the first one, within `try_duration`.",
            Parameters::retries);
    static final Option<Integer> MAX_WAITING = Option.number(
            "max_waiting",
            1_000,
            0,
            1_000_000,
            "The most requests that may wait at a time; one more is answered 503 with `Retry-After`.");
    static final Option<Integer> CONCURRENCY = Option.number(
            "concurrency",
            0,
            0,
            1_000_000,
            "The most requests of one member at a time at the address of each target; others wait. 0 is no limit, 1 is for backends with a single thread.");
    static final Option<Long> BODY_BUFFER = Option.bytes(
            "body_buffer",
            "100000",
            "0",
            "64MiB",
            "The most bytes of a request's body that are kept to be sent again; a longer body is sent once only. Each waiting request may take this much memory.");
    static final Option<Boolean> RETRY_UNSAFE = flag(
            "retry_unsafe",
            "A request of any method may be sent again after a connection was made, although the backend may have acted on it.");
    static final Option<Route.Policy> POLICY = words(
            "policy",
            "first",
            Map.of("first", Route.Policy.FIRST, "round_robin", Route.Policy.ROUND_ROBIN),
            "The target that is tried first: the first of the line, or each in turn.");
    static final Option<Duration> CONNECT_TIMEOUT = seconds(
            "connect_timeout",
            "5",
            "0.01",
            "600",
            "How long connecting may take; if the host has several addresses, for all of them together.");
    static final Option<Duration> TIMEOUT = seconds(
            "timeout",
            "600",
            "0.01",
            "86400",
            "How long the head of the response may take once there is a connection.");
    static final Option<String> HEALTH = Option.text(
            "health",
            "",
            "|/[!-~&&[^#]]*",
            "a path, perhaps with a query",
            "The path of the health check, requested from every target. A target that does not answer with a status from 200 to 299 within two seconds gets no requests until it does. Without it, targets are not checked.");
    static final Option<Duration> HEALTH_INTERVAL =
            seconds("health_interval", "5", "0.1", "3600", "The pause between two health checks.");
    static final Option<Long> MAX_BODY = Option.bytes(
            "max_body",
            "0",
            "0",
            "1048576GiB",
            "The longest body of a request; a longer one is answered 413. 0 is no limit.");

    /** The parameters of a condition, as in Pushpin. */
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

    /** The parameters of a target, as in Pushpin. */
    static final List<Option<?>> TARGET = List.of(TLS, UNTRUSTED, TRUST_CONNECT_HOST, INSECURE, HOST_HEADER, SUB);

    /** The parameters of a target that Pushpin does not have. One target sets them for the whole route. */
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

    /** Whether the parameter may be repeated. */
    static boolean repeatable(String name) {
        return REPEATABLE.stream().anyMatch(option -> option.key().equals(name));
    }

    /** The reason why the option cannot have this value. The value of a secret option is not shown. */
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
        return new Option<>(name, otherwise, "a number of seconds from " + least + " to " + most, meaning, text -> {
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
