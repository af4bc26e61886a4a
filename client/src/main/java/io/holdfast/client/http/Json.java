// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Parses JSON, and reads members of objects. Members that this client does not know are ignored. */
public final class Json {
    /** Looked up once: the look-up costs. */
    public static final JsonProvider PROVIDER = JsonProvider.provider();

    private Json() {}

    public static JsonValue value(byte[] utf8) throws UnreadableException {
        return value(new String(utf8, StandardCharsets.UTF_8));
    }

    public static JsonValue value(String text) throws UnreadableException {
        try (JsonReader reader = PROVIDER.createReader(new StringReader(text))) {
            return reader.readValue();
        } catch (JsonException | IllegalStateException e) {
            throw new UnreadableException("The text is not JSON: " + Wording.printable(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            // The parser's limits on depth and numbers have no exception type of their own.
            throw new UnreadableException("The JSON cannot be parsed: " + Wording.printable(e.toString()));
        }
    }

    /** Whether the text is JSON; also true if it exceeds the limits of the parser, which then cannot tell. */
    public static boolean mayBeJson(String text) {
        try (JsonParser parser = PROVIDER.createParser(new StringReader(text))) {
            parser.next();
            while (parser.hasNext()) parser.next();
            return true;
        } catch (JsonException | IllegalStateException | NoSuchElementException e) {
            return false;
        } catch (RuntimeException e) {
            return true;
        }
    }

    public static JsonObject object(byte[] utf8) throws UnreadableException {
        return object(new String(utf8, StandardCharsets.UTF_8));
    }

    public static JsonObject object(String text) throws UnreadableException {
        return object(value(text), "The answer");
    }

    /** The value as an object; {@code what} is the subject of the failure's sentence. */
    public static JsonObject object(JsonValue value, String what) throws UnreadableException {
        if (value instanceof JsonObject object) return object;
        throw new UnreadableException(what + " is not a JSON object.");
    }

    /** The string of that name; null if there is none. */
    public static @Nullable String text(JsonObject object, String name) {
        return object.get(name) instanceof JsonString string ? string.getString() : null;
    }

    /** The string of that name, which must be there. */
    public static String required(JsonObject object, String name) throws UnreadableException {
        String value = text(object, name);
        if (value == null) throw new UnreadableException("The answer lacks the string '" + name + "'.");
        return value;
    }

    /** The strings of an array; other elements are left out. */
    public static List<String> texts(@Nullable JsonValue value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof JsonArray array)
            for (JsonValue one : array) if (one instanceof JsonString string) texts.add(string.getString());
        return texts;
    }

    /** The sentence of a problem document (RFC 9457); empty if the body is none. */
    static Optional<String> problem(byte[] body) {
        try {
            JsonObject object = object(body);
            String detail = text(object, "detail");
            return Optional.ofNullable(detail != null ? detail : text(object, "title"))
                    .map(Wording::printable);
        } catch (UnreadableException e) {
            return Optional.empty();
        }
    }
}
