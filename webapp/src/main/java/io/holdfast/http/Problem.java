// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A problem document (RFC 9457): what went wrong, in which field, by which rule, and what was found there.
 *
 * @param status the HTTP status
 * @param title the status's own phrase, as {@code about:blank} problems have it
 * @param detail one sentence for a human, saying what to do where that is known
 * @param members further members, in order
 */
public record Problem(int status, String title, String detail, Map<String, Object> members) {
    private static final int LONGEST_VALUE = 64;

    /** A problem without further members. */
    public static Problem of(int status, String detail) {
        return new Problem(status, Phrases.of(status), detail, Map.of());
    }

    /** A value that breaks a rule, 400. The value is shown cut to 64 characters, control characters replaced. */
    public static Problem badValue(String field, String rule, String value) {
        String shown = shown(value);
        return of(400, field + " must be " + rule + ", not '" + shown + "'.")
                .and("field", field)
                .and("rule", rule)
                .and("value", shown);
    }

    /** The same problem with one member more. */
    public Problem and(String member, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(member, value);
        return new Problem(status, title, detail, more);
    }

    /** A client's text, safe to show: cut, and free of control characters. */
    public static String shown(String value) {
        String cut = value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "…";
        return cut.replaceAll("\\p{Cntrl}", "?");
    }

    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "about:blank");
        document.put("title", title);
        document.put("status", status);
        document.put("detail", detail);
        document.putAll(members);
        return document;
    }
}
