// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import io.holdfast.http.message.JsonInput;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The progress that a worker reports. */
final class Progress {

    private Progress() {}

    /** The same as JSON: a text that is not JSON, or that no parser takes, becomes a string. */
    static byte[] json(byte[] state) {
        String text = new String(state, StandardCharsets.UTF_8).strip();
        String json = isReadable(text) ? text : JsonInput.JSON.createValue(text).toString();
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads all of it, because some numbers are refused only when they are used. */
    private static boolean isReadable(String text) {
        try {
            JsonInput.value(text);
            return true;
        } catch (JsonInput.Invalid e) {
            return false;
        }
    }

    /** The JSON of {@link #json} as a value; null if no progress was reported. */
    static @Nullable JsonValue value(byte[] json) {
        return json.length == 0 ? null : JsonInput.value(new String(json, StandardCharsets.UTF_8));
    }
}
