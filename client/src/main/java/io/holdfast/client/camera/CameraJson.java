// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.camera;

import io.holdfast.client.http.Json;
import io.holdfast.client.http.Names;
import io.holdfast.client.http.UnreadableException;
import io.holdfast.client.http.Wording;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The JSON of cameras and of those who ask for their logs: {@code docs/reference/cameras.md}. */
public final class CameraJson {

    private CameraJson() {}

    /**
     * The wishes that an answer to a poll names.
     *
     * @param dump whether somebody wants the logs
     * @param commands the commands to carry out, in order
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
     * @param id the id for the path of the reply
     * @param json the command, on one line
     */
    record Command(String id, String json) {}

    /** Reads the answer to a poll: either the string that asks for a dump, or an object that may have commands too. */
    static Wanted wanted(byte[] body) throws UnreadableException {
        JsonValue value = Json.value(body);
        if (value instanceof JsonString) return new Wanted(true, List.of());
        if (!(value instanceof JsonObject object) || !object.containsKey("updated"))
            throw new UnreadableException("The answer does not say whether somebody wants the logs.");
        List<Command> commands = new ArrayList<>();
        if (object.get("commands") instanceof JsonArray array)
            for (JsonValue command : array) commands.add(command(Json.object(command, "A command")));
        return new Wanted(object.get("updated").equals(JsonValue.TRUE), List.copyOf(commands));
    }

    private static Command command(JsonObject object) throws UnreadableException {
        String id = Json.required(object, "id");
        if (!Names.isName(id))
            throw new UnreadableException("The id of a command is malformed: " + Wording.printable(id));
        return new Command(id, object.getOrDefault("command", JsonValue.NULL).toString());
    }

    /** The body of a dump: the object if plain, else a string that contains the object, as the first cameras sent it. */
    static byte[] dump(List<String> lines, boolean isPlain) {
        JsonArrayBuilder logs = Json.PROVIDER.createArrayBuilder();
        lines.forEach(logs::add);
        String object =
                Json.PROVIDER.createObjectBuilder().add("logs", logs).build().toString();
        return (isPlain ? object : Json.PROVIDER.createValue(object).toString()).getBytes(StandardCharsets.UTF_8);
    }

    /** The lines of a dump; empty if it has another shape. */
    public static Optional<List<String>> lines(String json) {
        try {
            if (!(Json.value(json) instanceof JsonObject object) || !(object.get("logs") instanceof JsonArray logs))
                return Optional.empty();
            List<String> lines = Json.texts(logs);
            return lines.size() == logs.size() ? Optional.of(List.copyOf(lines)) : Optional.empty();
        } catch (UnreadableException e) {
            return Optional.empty();
        }
    }

    /** The body of a reply, which must be JSON. */
    static byte[] reply(String json) throws UnreadableException {
        return Json.value(json).toString().getBytes(StandardCharsets.UTF_8);
    }
}
