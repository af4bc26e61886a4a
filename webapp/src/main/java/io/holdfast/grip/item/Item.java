// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import io.holdfast.http.message.JsonInput;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An item that was published to a channel.
 *
 * @param channel the topic
 * @param id its id on the channel; null if it has none
 * @param prevId the id of the item before it; null if it does not say
 * @param formats its forms, one for each kind of subscriber
 * @param meta its properties, for filters
 * @param size its size in bytes, for statistics; negative if it is not given
 * @param unordered whether it does not wait for the item before it
 */
public record Item(
        String channel,
        @Nullable String id,
        @Nullable String prevId,
        Formats formats,
        Map<String, String> meta,
        int size,
        boolean unordered) {
    public Item {
        meta = Map.copyOf(meta);
    }

    /** The item in the form that members send each other: JSON that {@link #parse} takes, the same for the same item. */
    public byte[] toJson() {
        return ItemWriter.json(this);
    }

    /**
     * An item from its JSON.
     *
     * @throws Malformed if it is not an item
     */
    public static Item parse(byte[] json) {
        return ItemParser.parse(JsonInput.structure(json).orElseThrow(() -> new Malformed("not JSON")));
    }
}
