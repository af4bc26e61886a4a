// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.http.Problem;
import io.holdfast.http.Refusal;
import jakarta.json.Json;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** JSON that somebody sent, which is handed on as it came once it is known to be JSON. */
final class JsonBody {
    private static final String OBJECT = "a JSON object, or a JSON string that has one, in UTF-8";

    private JsonBody() {}

    /**
     * The bytes of a dump, with a line end: the object itself, also where it was encoded twice, as the original camera does.
     *
     * @throws Refusal if it is none
     */
    static byte[] dump(byte[] body) {
        try {
            String text = decoded(body);
            try (JsonParser parser = Json.createParser(new StringReader(text))) {
                Event first = parser.next();
                if (first == Event.START_OBJECT) {
                    finish(parser);
                    return line(text.strip());
                }
                if (first != Event.VALUE_STRING) throw refused("body", OBJECT);
                String inner = parser.getString();
                finish(parser);
                return line(object(inner));
            }
        } catch (Refusal refusal) {
            throw refusal;
        } catch (RuntimeException | CharacterCodingException e) {
            // Parsers say in different ways what they cannot read, such as what is nested too deeply.
            throw refused("body", OBJECT);
        }
    }

    private static String object(String text) {
        try (JsonParser parser = Json.createParser(new StringReader(text))) {
            if (parser.next() != Event.START_OBJECT) throw refused("body", OBJECT);
            finish(parser);
            return text.strip();
        }
    }

    /** Reads on to the end, so that what is broken is found. */
    private static void finish(JsonParser parser) {
        while (parser.hasNext()) parser.next();
    }

    private static String decoded(byte[] body) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    }

    private static byte[] line(String text) throws CharacterCodingException {
        ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text + "\n"));
        byte[] all = new byte[bytes.remaining()];
        bytes.get(all);
        return all;
    }

    private static Refusal refused(String field, String rule) {
        return new Refusal(Problem.badValue(field, rule, "something else"));
    }
}
