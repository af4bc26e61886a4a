// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import jakarta.json.bind.serializer.JsonbSerializer;
import jakarta.json.bind.serializer.SerializationContext;
import jakarta.json.stream.JsonGenerator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A problem document (RFC 9457): the fault, the field, the rule that it breaks and the value found there.
 *
 * @param status the HTTP status
 * @param title the status's own phrase, as {@code about:blank} problems have it
 * @param detail one sentence for a human, with the remedy if it is known
 * @param members further members, in order
 */
public record Problem(int status, String title, String detail, Map<String, Object> members) {
    private static final int LONGEST_VALUE = 64;

    /** A problem without further members. */
    public static Problem of(int status, String detail) {
        return new Problem(status, StatusPhrases.of(status), detail, Map.of());
    }

    /** A value that breaks a rule, 400. The value is shown cut to 64 characters, control characters replaced. */
    public static Problem badValue(String field, String rule, String value) {
        String shown = shown(value);
        return of(400, field + " must be " + rule + ", not '" + shown + "'.")
                .and("field", field)
                .and("rule", rule)
                .and("value", shown);
    }

    /** A body that breaks off, or is malformed, 400. Its client has left, or may still read. */
    public static Problem brokenBody() {
        return badValue("body", "complete, with the length or the chunks that its head announces", "a part");
    }

    /** The same problem with one member more. */
    public Problem and(String member, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(member, value);
        return new Problem(status, title, detail, more);
    }

    /** A client's text, safe to be shown: cut, and without control characters. */
    public static String shown(String value) {
        String cut = value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "…";
        return cut.replaceAll("\\p{Cntrl}", "?");
    }

    /** Writes the members of a problem beside the four that every problem has. */
    static final class Document implements JsonbSerializer<Problem> {
        @Override
        public void serialize(Problem problem, JsonGenerator out, SerializationContext context) {
            out.writeStartObject();
            out.write("type", "about:blank");
            out.write("title", problem.title);
            out.write("status", problem.status);
            out.write("detail", problem.detail);
            problem.members.forEach((name, value) -> context.serialize(name, value, out));
            out.writeEnd();
        }
    }
}
