// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for publications. */
final class Drafts {
    private static final Pattern TYPE =
            Pattern.compile("[\\P{Cntrl}&&\\P{Cs}]{1,128}", Pattern.UNICODE_CHARACTER_CLASS);
    /** Events that streams make by themselves. */
    private static final List<String> OWN_TYPES = List.of("gap", Rendering.PLACE);

    /** As in RFC 9110, but ASCII only. Possessive: a header is matched without backtracking. */
    private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]++";

    private static final String QUOTED = "\"(?:[\\t !#-\\[\\]-~]|\\\\[\\t -~])*+\"";
    private static final Pattern CONTENT_TYPE = Pattern.compile(
            TOKEN + "/" + TOKEN + "(?:[ \\t]*+;[ \\t]*+" + TOKEN + "=(?:" + TOKEN + "|" + QUOTED + "))*+");
    private static final int LONGEST_CONTENT_TYPE = 400;
    private static final Pattern KEY = Pattern.compile("\"([!-~&&[^\"\\\\]]{1,255})\"|([!-~&&[^\"\\\\]]{1,255})");

    private Drafts() {}

    static void checkType(String field, @Nullable String type) {
        if (type == null) return;
        if (!TYPE.matcher(type).matches() || OWN_TYPES.contains(type))
            throw new Refusal(Problem.badValue(
                    field,
                    "1 to 128 characters, none of them a control character, and not " + String.join(" or ", OWN_TYPES),
                    type));
    }

    static void checkContentType(String field, String contentType) {
        if (contentType.length() > LONGEST_CONTENT_TYPE
                || !CONTENT_TYPE.matcher(contentType).matches())
            throw new Refusal(Problem.badValue(
                    field,
                    "a media type, such as text/plain, of at most " + LONGEST_CONTENT_TYPE + " characters",
                    contentType));
    }

    /** The key in the header, with or without quotes. */
    static String key(String header) {
        var matcher = KEY.matcher(header.strip());
        if (!matcher.matches())
            throw new Refusal(
                    Problem.badValue("Idempotency-Key", "1 to 255 visible characters other than \\ and \"", header));
        return matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    }

    static Refusal tooLong(String field, int most, long found) {
        String rule = "at most " + most + " bytes";
        return new Refusal(Problem.of(413, field + " must be " + rule + ".")
                .and("field", field)
                .and("rule", rule)
                .and("value", found + " bytes"));
    }
}
