// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import io.holdfast.client.channel.ChannelNames;
import io.holdfast.client.channel.Publication;
import io.holdfast.client.http.Activities;
import io.holdfast.client.http.Wording;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A publication to make, until it is sent. Made by {@link Holdfast#publish}.
 *
 * <p>The client retries transient failures under one idempotency key. After a {@link RefusedException} nothing was published. After a
 * {@link GaveUpException} the events may have been published; a retry with the same key is safe.
 */
public final class Publish {
    private static final Pattern TYPE = Pattern.compile("[^\\p{Cntrl}]{1,128}");
    private static final Pattern MEDIA_TYPE = Pattern.compile("[\\x21-\\x7e]+/[\\x20-\\x7e]+");
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e&&[^\"\\\\]]{1,255}");

    private final ChannelNames channel;
    private final Activities activities;
    private String contentType = "text/plain;charset=utf-8";
    private @Nullable String type;
    private @Nullable String key;
    private boolean receipt = true;
    private Duration giveUp = Duration.ofMinutes(2);

    Publish(String channel, Activities activities) {
        this.channel = new ChannelNames(List.of(channel));
        this.activities = activities;
    }

    /** Sets the event's type, 1 to 128 characters. Unless given, the event has none. */
    public Publish type(String word) {
        if (!TYPE.matcher(word).matches())
            throw new IllegalArgumentException("A type must be 1 to 128 characters, none of them a control character.");
        type = word;
        return this;
    }

    /** Sets the media type of the data; {@code text/plain;charset=utf-8} unless given. */
    public Publish contentType(String mediaType) {
        if (!MEDIA_TYPE.matcher(mediaType).matches())
            throw new IllegalArgumentException(
                    "A media type must be like text/plain, not " + Wording.printable(mediaType) + ".");
        contentType = mediaType;
        return this;
    }

    /**
     * Sets the idempotency key, 1 to 255 visible ASCII characters; a random one unless given. The server publishes once what is sent
     * several times under one key, which it remembers for an hour.
     */
    public Publish key(String word) {
        if (!KEY.matcher(word).matches())
            throw new IllegalArgumentException(
                    "A key must be 1 to 255 visible ASCII characters, none of them \" or \\.");
        key = word;
        return this;
    }

    /** Asks for the answer as soon as the event is committed, without the number of requests that it released. */
    public Publish withoutReceipt() {
        receipt = false;
        return this;
    }

    /** Gives up after that time; two minutes unless given. */
    public Publish giveUpAfter(Duration time) {
        giveUp = time;
        return this;
    }

    /** Publishes an event with this text as its data, in UTF-8. */
    public CompletionStage<Receipt> send(String text) {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Publishes an event with these bytes as its data. They must not change until the stage completes. */
    public CompletionStage<Receipt> send(byte[] data) {
        return send(data, contentType, parameters());
    }

    /**
     * Publishes several events, all or none.
     *
     * @param array a JSON array of events, as {@code docs/reference/channels.md} describes it; each event has its own type and media type
     * @throws IllegalStateException if a type was set
     */
    public CompletionStage<Receipt> sendBatch(byte[] array) {
        if (type != null) throw new IllegalStateException("The events of a batch have their own types.");
        Map<String, String> parameters = parameters();
        parameters.put("batch", "true");
        return send(array, "application/json", parameters);
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (type != null) parameters.put("type", type);
        if (!receipt) parameters.put("receipt", "none");
        return parameters;
    }

    private CompletionStage<Receipt> send(byte[] body, String mediaType, Map<String, String> parameters) {
        String once = key == null ? UUID.randomUUID().toString() : key;
        return activities.call(new Publication(channel, parameters, mediaType, once, body), giveUp);
    }
}
