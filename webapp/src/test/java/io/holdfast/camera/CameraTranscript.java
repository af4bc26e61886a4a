// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The three routes of the original camera protocol, {@code /updates/}, {@code /logs/} and {@code /dump/}, as bytes: the bytes sent on
 * a bare socket, and all that return until the server closes it.
 *
 * <p>Parts that come from the server and not from the application are left out, or made the same, and nothing else is:
 *
 * <ul>
 *   <li>the reason phrase: Tomcat has none, Undertow words of its own;
 *   <li>the headers of {@link #OF_THE_SERVER};
 *   <li>the order of the others: Undertow sends them by a hash, the others as they were set. Each is there once;
 *   <li>a blank before the parameter of a media type, and the case of its value;
 *   <li>moments: {@code Last-Modified}, and those in the bodies, are {@code <moment>} where they have the right form;
 *   <li>{@code Content-Length}, which is compared with the body, and is {@code <right>}.
 * </ul>
 */
public final class CameraTranscript {
    private static final Set<String> OF_THE_SERVER =
            Set.of("date", "server", "connection", "keep-alive", "x-powered-by", "x-frame-options");

    private static final String CREDENTIALS = "USER:PASS", JSON = "Content-Type: application/json";
    private static final String OBJECT_WANTED = "a JSON object, or a JSON string that has one, in UTF-8";
    private static final String MOMENT = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z",
            HTTP_DATE = "(?<=Last-Modified: )\\w{3}, \\d\\d? \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT";
    private final Http user, camera, delivery;

    /** Clients of the members where a user asks, where the camera polls, and where it delivers. */
    public CameraTranscript(Http user, Http camera, Http delivery) {
        this.user = user;
        this.camera = camera;
        this.delivery = delivery;
    }

    /** Plays all of it. No other test may be the camera without a name meanwhile. */
    public void play() {
        aQuestionIsAnsweredWithTheDump(
                "\"{\\\"logs\\\": [\\\"Move Left. 2026-11-21 12:00:00.000001\\\", \\\"é\\\"]}\"");
        aQuestionIsAnsweredWithTheDump("{\"logs\": [\"Move Left. 2026-11-21 12:00:00.000001\", \"é\"]}");
        anUnknownUserIsRefused();
        anEndlessWaitOfTheOriginalEnds();
        otherMethodsAreRefused();
        aBodyThatHoldsNoObjectIsRefused();
        oneConnectionServesRequestAfterRequest();
    }

    private Exchange ask(String query, String... headers) {
        return user.send("GET", "/logs/" + query, headers);
    }

    private Exchange dump(String body) {
        return delivery.send("POST", "/dump/", body.getBytes(UTF_8), JSON);
    }

    private void aQuestionIsAnsweredWithTheDump(String sent) {
        try (Exchange poll = camera.send("GET", "/updates/");
                Exchange asking = ask("", Http.basic(CREDENTIALS))) {
            comes(poll, """
                    HTTP/1.1 200
                    Cache-Control: no-store
                    Content-Length: <right>
                    Content-Type: application/json

                    "updated"
                    """);
            comes(dump(sent), """
                    HTTP/1.1 200
                    Cache-Control: no-store
                    Content-Length: <right>
                    Content-Type: application/json

                    null
                    """);
            comes(asking, """
                    HTTP/1.1 200
                    Cache-Control: no-store
                    Content-Length: <right>
                    Content-Type: application/json
                    Last-Modified: <moment>

                    {"logs": ["Move Left. 2026-11-21 12:00:00.000001", "é"]}
                    """);
        }
    }

    private void anUnknownUserIsRefused() {
        for (String credentials : List.of(":", "USER:", ":PASS", "USER:WRONG", "NOBODY:PASS"))
            isUnauthorized(ask("", Http.basic(credentials)));
        isUnauthorized(ask(""));
        isUnauthorized(user.send("GET", "/logs"));
    }

    private static void isUnauthorized(Exchange asking) {
        // The original has no line end after the body.
        comes(asking, """
                HTTP/1.1 401
                Cache-Control: no-store
                Content-Length: <right>
                Content-Type: text/html;charset=utf-8
                WWW-Authenticate: Basic realm="Login!"

                Unauthorized.""");
    }

    private void anEndlessWaitOfTheOriginalEnds() {
        comes(camera.send("GET", "/updates/?wait=0"), """
                HTTP/1.1 204
                Cache-Control: no-store

                """);
        comes(ask("?wait=1", Http.basic(CREDENTIALS)), """
                HTTP/1.1 504
                Cache-Control: no-store
                Content-Length: <right>
                Content-Type: application/problem+json

                {"type":"about:blank","title":"Gateway Timeout","status":504,\
                "detail":"No logs came within 1 s; the camera was last seen at <moment>.","waited":1,"lastSeen":"<moment>"}
                """);
    }

    private void otherMethodsAreRefused() {
        isNotAllowed(camera.send("POST", "/updates/", "{}".getBytes(UTF_8), JSON), "POST", "GET, HEAD, OPTIONS");
        isNotAllowed(user.send("DELETE", "/logs/", Http.basic(CREDENTIALS)), "DELETE", "GET, HEAD, OPTIONS");
        isNotAllowed(delivery.send("GET", "/dump/"), "GET", "POST, OPTIONS");
    }

    private static void isNotAllowed(Exchange sent, String method, String allowed) {
        comes(sent, """
                HTTP/1.1 405
                Allow: %2$s
                Cache-Control: no-store
                Content-Length: <right>
                Content-Type: application/problem+json

                {"type":"about:blank","title":"Method Not Allowed","status":405,\
                "detail":"method must be one of %2$s, not '%1$s'.",\
                "field":"method","rule":"one of %2$s","value":"%1$s"}
                """.formatted(method, allowed));
    }

    private void aBodyThatHoldsNoObjectIsRefused() {
        for (String body : List.of("", "logs", "[]", "\"[]\"", "null", "{\"logs\": [", "\"{\\\"logs\\\": [\"", "{} {}"))
            comes(dump(body), """
                    HTTP/1.1 400
                    Cache-Control: no-store
                    Content-Length: <right>
                    Content-Type: application/problem+json

                    {"type":"about:blank","title":"Bad Request","status":400,\
                    "detail":"body must be %1$s, not 'something else'.","field":"body","rule":"%1$s","value":"something else"}
                    """.formatted(OBJECT_WANTED));
    }

    /** With a byte too many or too few, the next response would not begin where it should. */
    private void oneConnectionServesRequestAfterRequest() {
        String head = " " + delivery.context();
        try (Exchange line = delivery.raw(
                "POST" + head + "/dump/ HTTP/1.1\r\nHost: localhost\r\n" + JSON + "\r\nContent-Length: 2\r\n\r\n{}")) {
            line.until("\r\n\r\nnull\n");
            line.write(bytes("GET" + head + "/logs/ HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            assertTrue(line.until("\r\n\r\nUnauthorized.").startsWith("HTTP/1.1 401"));
            line.write(bytes("GET" + head + "/updates/?wait=0 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            assertTrue(line.until("\r\n\r\n").startsWith("HTTP/1.1 204"));
            line.write(bytes("GET" + head + "/dump/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            isNotAllowed(line, "GET", "POST, OPTIONS");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static void comes(Exchange sent, String expected) {
        assertEquals(expected, shown(new String(sent.bytes(), ISO_8859_1)));
    }

    /** All that arrived, a line end for that of each header, made the same where servers differ. */
    private static String shown(String answer) {
        int end = answer.indexOf("\r\n\r\n");
        assertTrue(end > 0, "no answer: '" + answer + "'");
        String[] lines = answer.substring(0, end).split("\r\n", -1);
        String body = answer.substring(end + 4);
        Stream<String> headers = Arrays.stream(lines)
                .skip(1)
                .filter(line -> !OF_THE_SERVER.contains(name(line)))
                .map(line -> shown(line, body))
                .sorted();
        String head = Stream.concat(Stream.of(status(lines[0])), headers).collect(Collectors.joining("\n"));
        return head + "\n\n" + new String(bytes(body), UTF_8).replaceAll(MOMENT, "<moment>");
    }

    private static String name(String line) {
        return line.substring(0, Math.max(0, line.indexOf(':'))).toLowerCase(Locale.ROOT);
    }

    /** The version and the number. */
    private static String status(String line) {
        return line.replaceFirst("^(HTTP/1\\.1 \\d{3})( .*)?$", "$1");
    }

    private static String shown(String line, String body) {
        if (line.equals("Content-Length: " + body.length())) return "Content-Length: <right>";
        if (name(line).equals("content-type"))
            return line.replace("; charset", ";charset").replaceFirst("(?i)=utf-8$", "=utf-8");
        return line.replaceFirst(HTTP_DATE, "<moment>");
    }
}
