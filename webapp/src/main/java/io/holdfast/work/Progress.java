// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.stream.JsonParser;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.NoSuchElementException;

/** What a worker tells of its progress. */
final class Progress {

    private Progress() {}

    /** The same as JSON: what is none is a string. */
    static byte[] json(byte[] state) {
        String text = new String(state, StandardCharsets.UTF_8).strip();
        String json = isJson(text) ? text : Json.createValue(text).toString();
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isJson(String text) {
        try (JsonParser parser = Json.createParser(new StringReader(text))) {
            parser.next();
            while (parser.hasNext()) parser.next();
            return true;
        } catch (JsonException | NoSuchElementException | IllegalStateException e) {
            // Parsers say in different ways what they cannot read.
            return false;
        }
    }
}
