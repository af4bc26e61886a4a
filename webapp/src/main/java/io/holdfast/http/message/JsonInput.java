// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParsingException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * JSON that a peer sent, read event by event. A text that is not JSON, is not UTF-8, or is nested more than 512 deep fails with
 * {@link Invalid} and nothing else, whatever the parser throws. Of members with the same name in one object, the last counts.
 */
public final class JsonInput implements AutoCloseable {
    /** Looked up once: each method of {@code jakarta.json.Json} looks it up anew. */
    public static final JsonProvider JSON = JsonProvider.provider();

    /** Every parser and every stack of a thread can take this depth. */
    private static final int DEEPEST = 512;

    private static final String TOO_DEEP = "more than " + DEEPEST + " levels";

    private final JsonParser parser;
    private int depth;

    /** A text that is not JSON; has no stack trace, because it reports an input. */
    public static final class Invalid extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final boolean utf8;

        private Invalid(String message, boolean utf8) {
            super(message, null, false, false);
            this.utf8 = utf8;
        }

        private boolean isTooDeep() {
            return found().equals(TOO_DEEP);
        }

        /** Whether the bytes are at least UTF-8. */
        public boolean isUtf8() {
            return utf8;
        }

        /** The value that a refusal shows: that there is something else, and where if the parser says so. */
        public String found() {
            return String.valueOf(getMessage());
        }

        private static Invalid of(RuntimeException failure) {
            if (!(failure instanceof JsonParsingException parsing)) return new Invalid("something else", true);
            var at = parsing.getLocation();
            return new Invalid(
                    "something else at line " + at.getLineNumber() + ", column " + at.getColumnNumber(), true);
        }
    }

    /** Reads a text. */
    public JsonInput(String text) {
        this.parser = JSON.createParser(new StringReader(text));
    }

    /** Reads bytes that must be UTF-8. */
    public JsonInput(byte[] utf8) {
        this(text(utf8));
    }

    /** Bytes that must be UTF-8 as text: no byte is replaced. */
    public static String text(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Invalid("something else", false);
        }
    }

    /** A text as UTF-8: half of a surrogate pair, which JSON can name, is not replaced but fails. */
    public static byte[] bytes(String text) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new Invalid("half of a surrogate pair", false);
        }
    }

    /** Whether the text is one JSON value. */
    public static boolean isJson(String text) {
        try (JsonInput input = new JsonInput(text)) {
            input.next();
            input.finish();
            return true;
        } catch (Invalid e) {
            return false;
        }
    }

    /**
     * The body of a request that may be any JSON, without the space around it.
     *
     * @throws Refusal if it is not JSON
     */
    public static byte[] checked(byte[] body) {
        return checked(body, false);
    }

    /** The same for JSON of any depth, which is checked to the deepest level that a parser takes. */
    public static byte[] checkedAtAnyDepth(byte[] body) {
        return checked(body, true);
    }

    private static byte[] checked(byte[] body, boolean anyDepth) {
        try {
            String text = text(body);
            check(text, anyDepth);
            return text.strip().getBytes(StandardCharsets.UTF_8);
        } catch (Invalid e) {
            throw new Refusal(Problem.badValue("body", "JSON, in UTF-8", "something else"));
        }
    }

    private static void check(String text, boolean anyDepth) {
        try (JsonInput input = new JsonInput(text)) {
            input.next();
            input.finish();
        } catch (Invalid e) {
            if (!anyDepth || !e.isTooDeep()) throw e;
        }
    }

    /** The text as a value; it must be one. */
    public static JsonValue value(String text) {
        try (JsonInput input = new JsonInput(text)) {
            JsonValue value = input.value(input.next());
            input.finish();
            return value;
        }
    }

    /** Bytes that are one JSON object or array, which a byte order mark may precede; empty if they are not. */
    public static Optional<JsonStructure> structure(byte[] utf8) {
        try {
            String text = text(utf8);
            JsonValue value = value(text.startsWith("\ufeff") ? text.substring(1) : text);
            return value instanceof JsonStructure structure ? Optional.of(structure) : Optional.empty();
        } catch (Invalid e) {
            return Optional.empty();
        }
    }

    /** The same, but empty for an array too. */
    public static Optional<JsonObject> object(byte[] utf8) {
        return structure(utf8).filter(JsonObject.class::isInstance).map(JsonObject.class::cast);
    }

    /** The next event. */
    public Event next() {
        try {
            Event event = parser.next();
            switch (event) {
                case START_OBJECT, START_ARRAY -> depth++;
                case END_OBJECT, END_ARRAY -> depth--;
                default -> {}
            }
            if (depth <= DEEPEST) return event;
        } catch (RuntimeException e) {
            // Parsers differ in the exception for a text that they cannot read.
            throw Invalid.of(e);
        }
        throw new Invalid(TOO_DEEP, true);
    }

    /** The string or the name that the last event was. */
    public String string() {
        try {
            return parser.getString();
        } catch (RuntimeException e) {
            throw Invalid.of(e);
        }
    }

    /** Whether something follows. */
    public boolean hasNext() {
        try {
            return parser.hasNext();
        } catch (RuntimeException e) {
            throw Invalid.of(e);
        }
    }

    /** Reads on to the end, which finds whatever is malformed. */
    public void finish() {
        while (hasNext()) next();
    }

    private JsonValue value(Event first) {
        switch (first) {
            case START_OBJECT -> {
                JsonObjectBuilder object = JSON.createObjectBuilder();
                for (Event next = next(); next != Event.END_OBJECT; next = next()) object.add(string(), value(next()));
                return object.build();
            }
            case START_ARRAY -> {
                JsonArrayBuilder array = JSON.createArrayBuilder();
                for (Event next = next(); next != Event.END_ARRAY; next = next()) array.add(value(next));
                return array.build();
            }
            default -> {
                try {
                    return parser.getValue();
                } catch (RuntimeException e) {
                    throw Invalid.of(e);
                }
            }
        }
    }

    @Override
    public void close() {
        parser.close();
    }
}
