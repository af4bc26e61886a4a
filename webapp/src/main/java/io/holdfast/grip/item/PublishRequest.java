// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import io.holdfast.http.message.JsonInput;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonStructure;
import java.util.List;

/** The body of a publish request: a JSON object with a list of items. */
public final class PublishRequest {
    private PublishRequest() {}

    /**
     * The items, all of them valid.
     *
     * @throws PublishException if one is not valid; it describes the first
     */
    public static List<Item> parse(byte[] body) {
        JsonStructure value =
                JsonInput.structure(body).orElseThrow(() -> new PublishException("Body is not valid JSON."));
        if (!(value instanceof JsonObject object)) throw new PublishException("Invalid format.");
        try {
            JsonArray items = new Members("object", object).requiredList("items");
            return items.stream().map(ItemParser::parse).toList();
        } catch (Malformed e) {
            throw new PublishException("Invalid format: " + e.getMessage());
        }
    }
}
