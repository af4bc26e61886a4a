// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is to be published, until it is sent. Failures that may pass are tried again under one idempotency key; a stage that fails with
 * a {@link RefusedException} has published nothing, one that fails with a {@link GaveUpException} cannot tell.
 */
public final class Publish {
    private static final Pattern TYPE = Pattern.compile("[^\\p{Cntrl}]{1,128}");
    private static final Pattern MEDIA_TYPE = Pattern.compile("[\\x21-\\x7e]+/[\\x20-\\x7e]+");
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e&&[^\"\\\\]]{1,255}");

    private final String channel;
    private final BiFunction<Publication, Duration, CompletionStage<Receipt>> sender;
    private String contentType = "text/plain;charset=utf-8";
    private @Nullable String type;
    private @Nullable String key;
    private boolean receipt = true;
    private Duration giveUp = Duration.ofMinutes(2);

    Publish(String channel, BiFunction<Publication, Duration, CompletionStage<Receipt>> sender) {
        this.channel = Addresses.channels(List.of(channel)).get(0);
        this.sender = sender;
    }

    /** The event's type; without, it has none. */
    public Publish type(String word) {
        if (!TYPE.matcher(word).matches())
            throw new IllegalArgumentException("A type must be 1 to 128 characters, none of them a control character.");
        type = word;
        return this;
    }

    /** The media type of the data; {@code text/plain;charset=utf-8} unless given. */
    public Publish contentType(String mediaType) {
        if (!MEDIA_TYPE.matcher(mediaType).matches())
            throw new IllegalArgumentException(
                    "A media type must be like text/plain, not " + Printable.cut(mediaType) + ".");
        contentType = mediaType;
        return this;
    }

    /** The idempotency key: who publishes the same again under the same key publishes it once. A random one unless given. */
    public Publish key(String word) {
        if (!KEY.matcher(word).matches())
            throw new IllegalArgumentException(
                    "A key must be 1 to 255 visible ASCII characters, none of them \" or \\.");
        key = word;
        return this;
    }

    /** Asks for the answer as soon as the event is committed, without how many requests it released. */
    public Publish withoutReceipt() {
        receipt = false;
        return this;
    }

    /** How long it is tried; two minutes unless given. A key is remembered for an hour. */
    public Publish giveUpAfter(Duration time) {
        giveUp = time;
        return this;
    }

    /** Publishes an event of this text. */
    public CompletionStage<Receipt> send(String text) {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Publishes an event of these bytes, which must not change until the stage is complete. */
    public CompletionStage<Receipt> send(byte[] data) {
        return send(data, contentType, parameters());
    }

    /**
     * Publishes several events, all or none: a JSON array as in {@code docs/reference/channels.md}. Type and media type are those in the
     * array.
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
        return sender.apply(new Publication(channel, parameters, mediaType, once, body), giveUp);
    }
}
