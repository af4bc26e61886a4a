// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.grip.item.Filters;
import io.holdfast.grip.item.GripChannel;
import io.holdfast.grip.item.Item;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The channels of a held request, and the last item that it has seen on each. Changed by one thread at a time. */
final class Subscription {
    private final Map<String, GripChannel> channels = new LinkedHashMap<>();
    private final Map<String, String> seen = new ConcurrentHashMap<>();
    private final Map<String, String> meta;

    Subscription(List<GripChannel> all, Map<String, String> meta) {
        this.meta = meta;
        // Of several channels with the same topic, the last counts.
        for (GripChannel channel : all) channels.put(channel.topic(), channel);
        for (GripChannel channel : channels.values()) {
            String prevId = channel.prevId();
            if (prevId != null) seen.put(channel.topic(), prevId);
        }
    }

    List<String> topics() {
        return List.copyOf(channels.keySet());
    }

    /** The id of the last item that it has seen on the topic; null if it did not say. */
    @Nullable
    String seen(String topic) {
        return seen.get(topic);
    }

    /** Notes an item. After one without an id, no order is known. */
    void saw(String topic, @Nullable String id) {
        seen.computeIfPresent(topic, (name, before) -> id);
    }

    /** Whether the item does not follow the one seen last. */
    boolean isOutOfOrder(Item item) {
        String last = seen.get(item.channel());
        return last != null && !last.equals(item.prevId());
    }

    /** The reason why this subscriber cannot have the item, which is for subscribers with other filters; empty if it can. */
    Optional<String> mismatch(Item item, @Nullable List<String> contentFilters) {
        return Filters.mismatch(filters(item), contentFilters);
    }

    /** Whether the item is not for this subscriber. */
    boolean drops(Item item) {
        return Filters.drop(filters(item), context(item));
    }

    /** The content in the form that this subscriber receives; empty if it is not for this subscriber. */
    Optional<byte[]> filtered(Item item, byte[] content) {
        return Filters.apply(filters(item), context(item), content);
    }

    private List<String> filters(Item item) {
        GripChannel channel = channels.get(item.channel());
        return channel == null ? List.of() : channel.filters();
    }

    private Filters.Context context(Item item) {
        List<GripChannel> all = new ArrayList<>();
        for (GripChannel channel : channels.values())
            all.add(new GripChannel(channel.name(), channel.topic(), seen.get(channel.topic()), channel.filters()));
        return new Filters.Context(all, meta, item.meta());
    }

    /** The headers that tell a backend, when it is asked again, which item was seen last. */
    Headers lasts() {
        List<Header> lasts = new ArrayList<>();
        for (GripChannel channel : channels.values()) {
            String last = seen.get(channel.topic());
            if (last != null) lasts.add(new Header("Grip-Last", channel.name() + "; last-id=" + last));
        }
        return new Headers(lasts);
    }
}
