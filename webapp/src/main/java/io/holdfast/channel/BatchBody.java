// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import io.holdfast.channel.log.Draft;
import io.holdfast.http.message.JsonInput;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import jakarta.json.stream.JsonParser.Event;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of a batch: a JSON array of flat objects of strings. It is read member by member, so that a nested or unexpected value is
 * refused where it begins.
 */
final class BatchBody {
    private static final int MOST_EVENTS = 1_000;
    private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final Set<String> MEMBERS = Set.of("data", "type", "contentType", "encoding");
    private static final String TEXT = "text/plain;charset=utf-8";

    private final JsonInput input;
    private final int eventSize;
    private final List<Draft> drafts = new ArrayList<>();

    private BatchBody(JsonInput input, int eventSize) {
        this.input = input;
        this.eventSize = eventSize;
    }

    /**
     * The events of the batch.
     *
     * @throws Refusal naming the place, the rule and the value found there
     */
    static List<Draft> parse(byte[] body, int eventSize) {
        try (JsonInput input = new JsonInput(body)) {
            return new BatchBody(input, eventSize).events();
        } catch (JsonInput.Invalid e) {
            throw unreadable(body, e);
        }
    }

    private static Refusal unreadable(byte[] body, JsonInput.Invalid why) {
        if (!why.isUtf8()) return bad("body", "a JSON array of events, in UTF-8", "bytes that are not UTF-8");
        if (Arrays.mismatch(body, MARK) == MARK.length)
            return bad("body", "a JSON array of events, without a byte order mark", "a byte order mark before it");
        return bad("body", "a JSON array of events", why.found().replace("something else", "text that is not JSON"));
    }

    private List<Draft> events() {
        if (!input.hasNext()) throw bad("body", "a JSON array of events", "nothing");
        Event first = input.next();
        if (first != Event.START_ARRAY) throw bad("body", "a JSON array of events", shown(first));
        for (Event next = input.next(); next != Event.END_ARRAY; next = input.next()) {
            if (next != Event.START_OBJECT) throw bad(here(), "a JSON object", shown(next));
            if (drafts.size() == MOST_EVENTS) throw bad("body", "at most " + MOST_EVENTS + " events", "more");
            drafts.add(draft(members()));
        }
        if (drafts.isEmpty()) throw bad("body", "at least one event", "none");
        // A batch ends with its array.
        if (input.hasNext()) throw bad("body", "one JSON array", "more after it");
        return drafts;
    }

    private String here() {
        return "[" + drafts.size() + "]";
    }

    private Map<String, String> members() {
        Map<String, String> members = new HashMap<>();
        for (Event next = input.next(); next != Event.END_OBJECT; next = input.next()) {
            String name = input.string(), field = here() + "." + Problem.shown(name);
            if (!MEMBERS.contains(name))
                throw bad(
                        field,
                        "one of " + String.join(", ", MEMBERS.stream().sorted().toList()),
                        name);
            Event value = input.next();
            if (value != Event.VALUE_STRING) throw bad(field, "a string", shown(value));
            if (members.put(name, input.string()) != null) throw bad(field, "given once", "twice");
        }
        return members;
    }

    private Draft draft(Map<String, String> members) {
        String data = members.get("data");
        if (data == null) throw bad(here() + ".data", "a string", "nothing");
        String type = members.getOrDefault("type", "");
        Drafts.checkType(here() + ".type", members.containsKey("type") ? type : null);
        String contentType = members.getOrDefault("contentType", TEXT);
        Drafts.checkContentType(here() + ".contentType", contentType);
        byte[] bytes = bytes(data, members.get("encoding"));
        if (bytes.length > eventSize) throw Drafts.tooLong(here() + ".data", eventSize, bytes.length);
        return new Draft(type, contentType, bytes);
    }

    private byte[] bytes(String data, @Nullable String encoding) {
        if (encoding == null) return text(data);
        if (!encoding.equals("base64")) throw bad(here() + ".encoding", "base64", encoding);
        try {
            return Base64.getDecoder().decode(data);
        } catch (IllegalArgumentException e) {
            throw bad(here() + ".data", "base64", data);
        }
    }

    private byte[] text(String data) {
        try {
            return Text.bytes(data);
        } catch (CharacterCodingException e) {
            throw bad(here() + ".data", "characters, no half of a surrogate pair alone", data);
        }
    }

    /** The value that begins with this event, in words. */
    private static String shown(Event event) {
        return switch (event) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER -> "a number";
            case VALUE_TRUE -> "true";
            case VALUE_FALSE -> "false";
            case VALUE_NULL -> "null";
            default -> "nothing";
        };
    }

    private static Refusal bad(String field, String rule, String value) {
        return new Refusal(Problem.badValue(field, rule, value));
    }
}
