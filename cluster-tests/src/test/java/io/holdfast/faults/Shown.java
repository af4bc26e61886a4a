// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Messages as text, without the parts that always differ between two proxies. */
final class Shown {
    private static final Set<String> OF_SERVERS = Set.of("connection", "date", "holdfast-outcome"),
            OF_FRAMES = Set.of("connection", "date", "holdfast-outcome", "content-length", "transfer-encoding"),
            OF_CLIENTS =
                    Set.of(
                            "content-length",
                            "transfer-encoding",
                            "accept-encoding",
                            "via",
                            "cdn-loop",
                            "x-forwarded-for",
                            "x-forwarded-host",
                            "x-forwarded-proto");

    private Shown() {}

    /**
     * A response without the headers of the servers themselves: {@code Connection}, {@code Date}, the framing of the body, and on
     * Holdfast's own answers {@code no-store} and {@code Holdfast-Outcome}. A servlet can neither set the phrase of the status nor keep
     * the order of headers. The backend has another port for each side.
     */
    static String shown(Raw.Message message) {
        Set<String> left = message.framing().equals("none") ? OF_SERVERS : OF_FRAMES;
        String body = message.body().replaceAll("large from 127.0.0.1:\\d+", "large from its target");
        return status(message.first()) + "\n" + lines(message.headers(), left) + "\n" + body + "\n";
    }

    /** The head of a stream that has begun, in the same form. */
    static String shown(List<String> head) {
        return status(head.get(0)) + "\n" + lines(head.subList(1, head.size()), OF_FRAMES) + "\n";
    }

    private static String status(String line) {
        String[] parts = line.split(" ", 3);
        return parts.length < 2 ? line : parts[0] + " " + parts[1];
    }

    /**
     * A request to a backend without the headers of one side and the framing of the body. Pushpin's HTTP client asks for compressed answers
     * and inflates them, and Holdfast adds the address of the client. Features of only one side are left out. Only the claims of the
     * signature are compared.
     */
    static String shownToBackend(Raw.Message message) {
        return message.first() + "\n"
                + lines(message.headers(), OF_CLIENTS)
                        .replaceAll("(session|link:next|link:gone), ", "")
                        .replaceAll("Accept: \\*/\\*\n", "")
                + "\n" + message.body() + "\n";
    }

    private static String lines(List<String> headers, Set<String> left) {
        return headers.stream()
                .filter(line -> !left.contains(Raw.Message.named(line)) || line.contains("2015"))
                .filter(line -> !line.equals("Cache-Control: no-store"))
                .map(Shown::claims)
                .sorted(Comparator.comparing(Raw.Message::named))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    /** The claims of the signature, with the time left until its end. */
    private static String claims(String line) {
        if (!Raw.Message.named(line).equals("grip-sig")) return line;
        String[] token = line.substring(line.indexOf(':') + 1).strip().split("\\.", -1);
        String said = new String(Base64.getUrlDecoder().decode(token[1]), StandardCharsets.UTF_8);
        String ends = said.replaceAll(".*\"exp\":(\\d+).*", "$1");
        long minutes = (Long.parseLong(ends) - System.currentTimeMillis() / 1000 + 30) / 60;
        return "Grip-Sig: " + new String(Base64.getUrlDecoder().decode(token[0]), StandardCharsets.UTF_8) + " "
                + Stream.of(said.replace(ends, "in " + minutes + " minutes").split("[{},]", -1))
                        .sorted()
                        .toList();
    }
}
