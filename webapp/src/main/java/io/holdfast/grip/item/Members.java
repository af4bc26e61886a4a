// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The members of a JSON object, each refused with {@link Malformed} if its type is wrong. */
public final class Members {
    private final String called;
    private final JsonObject object;

    /** @param called what the object is called in refusals */
    public Members(String called, JsonObject object) {
        this.called = called;
        this.object = object;
    }

    public static Members of(String called, JsonValue value) {
        if (value instanceof JsonObject object) return new Members(called, object);
        throw new Malformed(called + " is not an object");
    }

    public boolean has(String name) {
        return object.containsKey(name);
    }

    @Nullable
    JsonValue value(String name) {
        return object.get(name);
    }

    JsonValue required(String name) {
        JsonValue value = object.get(name);
        if (value == null) throw new Malformed(called + " does not contain '" + name + "'");
        return value;
    }

    public @Nullable String string(String name) {
        return has(name) ? requiredString(name) : null;
    }

    public String requiredString(String name) {
        if (required(name) instanceof JsonString string) return wellFormed(string);
        throw wrongType(name);
    }

    @Nullable
    JsonArray list(String name) {
        return has(name) ? requiredList(name) : null;
    }

    public JsonArray requiredList(String name) {
        if (required(name) instanceof JsonArray list) return list;
        throw wrongType(name);
    }

    public @Nullable JsonObject object(String name) {
        if (!has(name)) return null;
        if (required(name) instanceof JsonObject found) return found;
        throw wrongType(name);
    }

    boolean flag(String name) {
        if (!has(name)) return false;
        return switch (required(name).getValueType()) {
            case TRUE -> true;
            case FALSE -> false;
            default -> throw wrongType(name);
        };
    }

    /** A whole number from 0, given as a number or as the text of one. */
    public int integer(String name, int otherwise, int most) {
        if (!has(name)) return otherwise;
        double number = number(name);
        if (!(number >= 0 && number <= most))
            throw new Malformed(called + " contains '" + name + "' with invalid value");
        return (int) number;
    }

    private double number(String name) {
        JsonValue value = required(name);
        if (value instanceof JsonNumber number) return Math.rint(number.doubleValue());
        if (!(value instanceof JsonString string)) throw wrongType(name);
        try {
            return Integer.parseInt(string.getString().strip());
        } catch (NumberFormatException e) {
            throw wrongType(name);
        }
    }

    /** An object of strings; empty if there is none. */
    public Map<String, String> strings(String name) {
        JsonObject found = object(name);
        if (found == null) return Map.of();
        Map<String, String> strings = new LinkedHashMap<>();
        found.forEach((key, value) ->
                strings.put(wellFormed(key), string(value, "'" + name + "' contains '" + key + "' with wrong type")));
        return strings;
    }

    /** A list of strings; null if there is none. */
    public @Nullable List<String> stringList(String name, String refusal) {
        JsonArray found = list(name);
        return found == null
                ? null
                : found.stream().map(value -> string(value, refusal)).toList();
    }

    /** Bytes in base64 under the one name, or as text under the other; null if there are neither. */
    public byte @Nullable [] bytes(String binary, String text) {
        String encoded = string(binary);
        if (encoded != null) return Base64Text.decode(encoded);
        String plain = string(text);
        return plain == null ? null : plain.getBytes(StandardCharsets.UTF_8);
    }

    /** Headers as an object or as a list of pairs; a name that no header may have is left out. */
    public Headers headers() {
        JsonValue value = object.get("headers");
        if (value == null) return Headers.NONE;
        List<Header> headers = new ArrayList<>();
        if (value instanceof JsonArray list) for (JsonValue each : list) headers.add(pair(each));
        else if (value instanceof JsonObject members)
            members.forEach((name, each) ->
                    headers.add(new Header(name, string(each, "headers contains '" + name + "' with wrong type"))));
        else throw wrongType("headers");
        return new Headers(headers).only(Header::isName);
    }

    private static Header pair(JsonValue value) {
        if (!(value instanceof JsonArray pair)) throw new Malformed("headers contains element with wrong type");
        if (pair.size() != 2) throw new Malformed("headers contains list with wrong number of elements");
        return new Header(
                string(pair.get(0), "header contains name element with wrong type"),
                string(pair.get(1), "header contains value element with wrong type"));
    }

    private static String string(JsonValue value, String refusal) {
        if (value instanceof JsonString string) return wellFormed(string);
        throw new Malformed(refusal);
    }

    private static String wellFormed(JsonString string) {
        return wellFormed(string.getString());
    }

    /** Replaces half a surrogate pair, which JSON can name and UTF-8 cannot encode, by a question mark. */
    private static String wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private Malformed wrongType(String name) {
        return new Malformed(called + " contains '" + name + "' with wrong type");
    }
}
