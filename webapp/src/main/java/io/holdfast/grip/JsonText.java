// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import jakarta.json.JsonObject;
import jakarta.json.JsonStructure;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A JSON object or list in UTF-8 that somebody sent. */
final class JsonText {
    /** Found once: each method of {@code Json} looks for it anew. */
    static final JsonProvider JSON = JsonProvider.provider();

    /** Less than any reader can, and more than anybody means. */
    private static final int DEEPEST = 512;

    private JsonText() {}

    /** Empty if the bytes are neither, or have more after it, or are nested more than 512 deep. */
    static Optional<JsonStructure> parse(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return parse(text.startsWith("\ufeff") ? text.substring(1) : text);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** The same, but empty for a list too. */
    static Optional<JsonObject> object(byte[] bytes) {
        return parse(bytes).filter(JsonObject.class::isInstance).map(JsonObject.class::cast);
    }

    private static Optional<JsonStructure> parse(String text) {
        if (tooDeep(text)) return Optional.empty();
        try (JsonParser parser = JSON.createParser(new StringReader(text))) {
            JsonStructure structure =
                    parser.next() == JsonParser.Event.START_OBJECT ? parser.getObject() : parser.getArray();
            return parser.hasNext() ? Optional.empty() : Optional.of(structure);
        } catch (RuntimeException e) {
            // Parsers say in different ways what they cannot read.
            return Optional.empty();
        }
    }

    /** Readers call themselves for each level: what is too deep is found before they can run out of stack. */
    private static boolean tooDeep(String text) {
        int depth = 0;
        boolean quoted = false;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') quoted = !quoted;
            else if (quoted && c == '\\') at++;
            else if (!quoted && (c == '{' || c == '[') && ++depth > DEEPEST) return true;
            else if (!quoted && (c == '}' || c == ']')) depth--;
        }
        return false;
    }
}
