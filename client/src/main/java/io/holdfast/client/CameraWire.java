// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The JSON that cameras and their users speak. */
final class CameraWire {
    private static final JsonProvider JSON = JsonProvider.provider();

    private CameraWire() {}

    /**
     * What is wanted of a camera.
     *
     * @param dump whether its logs are
     * @param commands to be carried out in order
     */
    record Wanted(boolean dump, List<Command> commands) {
        static final Wanted NOTHING = new Wanted(false, List.of());

        boolean isSomething() {
            return dump || !commands.isEmpty();
        }
    }

    /**
     * A command to a camera.
     *
     * @param id what the reply names
     * @param json the command, on one line
     */
    record Command(String id, String json) {}

    /** Reads the answer to a poll: the string that asks for a dump, or the object that may have commands too. */
    static Wanted wanted(byte[] body) throws Unreadable {
        JsonValue value = Wire.value(new String(body, StandardCharsets.UTF_8));
        if (value instanceof JsonString) return new Wanted(true, List.of());
        if (!(value instanceof JsonObject object) || !object.containsKey("updated"))
            throw new Unreadable("An answer does not say whether the logs are wanted.");
        List<Command> commands = new ArrayList<>();
        if (object.get("commands") instanceof JsonArray array)
            for (JsonValue command : array) commands.add(command(command));
        return new Wanted(object.get("updated").equals(JsonValue.TRUE), List.copyOf(commands));
    }

    private static Command command(JsonValue value) throws Unreadable {
        if (!(value instanceof JsonObject object)) throw new Unreadable("A command is no object.");
        String id = Wire.required(object, "id");
        if (!Addresses.isName(id)) throw new Unreadable("The id of a command is none: " + Printable.cut(id));
        return new Command(id, object.getOrDefault("command", JsonValue.NULL).toString());
    }

    /** The body of a dump: the object, or, as the first cameras had it, a string of which it is the content. */
    static byte[] dump(List<String> lines, boolean plain) {
        JsonArrayBuilder logs = JSON.createArrayBuilder();
        lines.forEach(logs::add);
        String object = JSON.createObjectBuilder().add("logs", logs).build().toString();
        return (plain ? object : JSON.createValue(object).toString()).getBytes(StandardCharsets.UTF_8);
    }

    /** The lines of a dump; empty if it has another shape. */
    static Optional<List<String>> lines(String json) {
        try {
            if (!(Wire.value(json) instanceof JsonObject object) || !(object.get("logs") instanceof JsonArray logs))
                return Optional.empty();
            List<String> lines = Wire.texts(logs);
            return lines.size() == logs.size() ? Optional.of(List.copyOf(lines)) : Optional.empty();
        } catch (Unreadable e) {
            return Optional.empty();
        }
    }

    /** Checks that the text is JSON. */
    static byte[] reply(String json) throws Unreadable {
        return Wire.value(json).toString().getBytes(StandardCharsets.UTF_8);
    }
}
