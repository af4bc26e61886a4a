// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.http.message.JsonInput;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import jakarta.json.stream.JsonParser.Event;

/** The body of a request in which a camera delivers a dump. */
final class DumpBody {
    private static final String OBJECT = "a JSON object, or a JSON string that has one, in UTF-8";

    private DumpBody() {}

    /**
     * The bytes of the dump, a JSON object, with a line end. The original camera encodes the object twice, as a JSON string; this
     * returns the object all the same.
     *
     * @throws Refusal if the body has no object
     */
    static byte[] dump(byte[] body) {
        try {
            return JsonInput.bytes(object(JsonInput.text(body), true) + "\n");
        } catch (JsonInput.Invalid e) {
            throw refused();
        }
    }

    private static String object(String text, boolean mayBeString) {
        try (JsonInput input = new JsonInput(text)) {
            Event first = input.next();
            if (first == Event.VALUE_STRING && mayBeString) {
                String inner = input.string();
                input.finish();
                return object(inner, false);
            }
            if (first != Event.START_OBJECT) throw refused();
            input.finish();
            return text.strip();
        }
    }

    private static Refusal refused() {
        return new Refusal(Problem.badValue("body", OBJECT, "something else"));
    }
}
