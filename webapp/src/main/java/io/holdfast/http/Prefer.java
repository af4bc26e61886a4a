// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The header {@code Prefer} (RFC 7240). Preferences that are unknown or cannot be met are ignored; the first of several counts. */
final class Prefer {
    /** Its parameters are ignored. */
    private static final Pattern WAIT =
            Pattern.compile("\\s*wait\\s*=\\s*(\"?)([0-9]+)\\1\\s*(?:;.*)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern ASYNC = Pattern.compile(
            "\\s*respond-async\\s*(?:=\\s*(?:\"\")?\\s*)?(?:;.*)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final int MOST_DIGITS = 18;

    private Prefer() {}

    /** The seconds of the first {@code wait=N} on these lines; a number that no {@code long} holds counts as the largest. */
    static OptionalLong wait(List<String> lines) {
        for (String line : lines)
            for (String preference : preferences(line)) {
                Matcher matcher = WAIT.matcher(preference);
                if (matcher.matches()) return OptionalLong.of(seconds(matcher.group(2)));
            }
        return OptionalLong.empty();
    }

    /** Whether {@code respond-async} is on one of these lines. */
    static boolean isAsync(List<String> lines) {
        return lines.stream()
                .flatMap(line -> preferences(line).stream())
                .anyMatch(preference -> ASYNC.matcher(preference).matches());
    }

    private static long seconds(String digits) {
        return digits.length() > MOST_DIGITS ? Long.MAX_VALUE : Long.parseLong(digits);
    }

    /** The parts between commas; a comma in quotes separates nothing. */
    private static List<String> preferences(String line) {
        List<String> all = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int at = 0; at < line.length(); at++) {
            char next = line.charAt(at);
            if (quoted && next == '\\') at++;
            else if (next == '"') quoted = !quoted;
            else if (next == ',' && !quoted) {
                all.add(line.substring(from, at));
                from = at + 1;
            }
        }
        all.add(line.substring(from));
        return all;
    }
}
