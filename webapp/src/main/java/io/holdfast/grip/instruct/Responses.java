// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import io.holdfast.grip.item.Formats.HttpResponse;
import io.holdfast.http.message.Coding;
import io.holdfast.http.message.HeaderParameters;
import io.holdfast.http.message.HeaderText;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.JsonInput;
import jakarta.json.JsonArray;
import jakarta.json.JsonStructure;
import jakarta.json.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The response that completes a response hold. */
public final class Responses {
    /** A patch with a longer result probably copies its own copies. */
    private static final int LONGEST_PATCHED = 10_000_000;

    private static final byte[] NOTHING = {};

    private Responses() {}

    /** The published response, with those headers of the timeout response that it does not have itself. */
    public static WholeResponse published(WholeResponse timeout, HttpResponse published) {
        return new WholeResponse(
                published.code(),
                HeaderText.wire(published.reason()),
                headers(timeout, published),
                body(timeout, published));
    }

    /** The body alone, as it is before filters. */
    static byte[] body(WholeResponse timeout, HttpResponse published) {
        JsonArray patch = published.patch();
        return patch == null ? published.body() : patched(timeout.body(), patch);
    }

    private static Headers headers(WholeResponse timeout, HttpResponse published) {
        Headers own = HeaderText.wire(GripHeaders.without(published.headers()));
        // The coding of one body is not that of another.
        Headers all = timeout.headers()
                .without(Coding.HEADER)
                .only(name -> !own.has(name))
                .and(own);
        List<String> hidden = HeaderParameters.list(published.headers(), "Grip-Expose-Headers");
        return all.without(hidden).without(HeaderText.OF_THE_CONNECTION);
    }

    /** The patched JSON with the line end that the original has; nothing if it cannot be patched. */
    private static byte[] patched(byte[] original, JsonArray patch) {
        try {
            Optional<JsonStructure> structure = JsonInput.structure(original);
            if (structure.isEmpty()) return NOTHING;
            String text = text(JsonInput.JSON.createPatch(patch).apply(structure.get()));
            return (text + lineEnd(original)).getBytes(StandardCharsets.UTF_8);
        } catch (RuntimeException e) {
            // The library refuses a bad patch with several kinds of exceptions.
            return NOTHING;
        }
    }

    private static String text(JsonStructure structure) {
        Bounded bounded = new Bounded();
        try (JsonWriter writer = JsonInput.JSON.createWriter(bounded)) {
            writer.write(structure);
        }
        return bounded.toString();
    }

    private static String lineEnd(byte[] text) {
        String end =
                new String(text, Math.max(0, text.length - 2), Math.min(2, text.length), StandardCharsets.ISO_8859_1);
        if (end.endsWith("\r\n")) return "\r\n";
        return end.endsWith("\n") ? "\n" : "";
    }

    /** A writer that fails beyond the longest text. */
    private static final class Bounded extends Writer {
        private final StringWriter text = new StringWriter();

        @Override
        public void write(char[] chars, int from, int count) throws IOException {
            if (text.getBuffer().length() + count > LONGEST_PATCHED) throw new IOException("too long");
            text.write(chars, from, count);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
