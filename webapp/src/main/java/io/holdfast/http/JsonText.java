// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.json.Json;
import jakarta.json.stream.JsonParser;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** JSON that somebody sent, which is handed on as it came once it is known to be JSON. */
public final class JsonText {
    private JsonText() {}

    /**
     * The body of a request, which must be any JSON.
     *
     * @throws Refusal if it is none
     */
    public static byte[] checked(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            try (JsonParser parser = Json.createParser(new StringReader(text))) {
                parser.next();
                // To the end, so that what is broken is found.
                while (parser.hasNext()) parser.next();
            }
            return text.strip().getBytes(StandardCharsets.UTF_8);
        } catch (RuntimeException | CharacterCodingException e) {
            // Parsers say in different ways what they cannot read, such as what is nested too deeply.
            throw new Refusal(Problem.badValue("body", "JSON, in UTF-8", "something else"));
        }
    }
}
