// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import io.holdfast.client.Receipt;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.Call;
import io.holdfast.client.http.ResponseHead;
import io.holdfast.client.http.Transport;
import io.holdfast.client.http.UnreadableException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A request to publish. Every try carries the same key.
 *
 * @param channel the channel
 * @param parameters the query
 * @param contentType the media type of the body
 * @param key the idempotency key
 * @param body the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // publications are never compared
public record Publication(
        ChannelNames channel, Map<String, String> parameters, String contentType, String key, byte[] body)
        implements Call.Request<Receipt> {
    private static final Call.Limits LIMITS = new Call.Limits(Duration.ofSeconds(30), 1 << 20);

    @Override
    public HttpRequest.Builder builder(Addresses addresses, Transport transport, Duration waited) {
        return transport
                .jsonRequest(addresses.at(channel.eventsPath(), parameters))
                .header("Content-Type", contentType)
                .header("Idempotency-Key", '"' + key + '"')
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }

    @Override
    public Call.Limits limits(Duration waited) {
        return LIMITS;
    }

    /** After an unreadable receipt the event may be stored; a retry with the same key returns its id. */
    @Override
    public Optional<Receipt> read(ResponseHead head, byte[] answer, Duration waited) throws UnreadableException {
        if (head.status() != 200 && head.status() != 201) return Optional.empty();
        boolean isReplayed = head.value("Idempotency-Replayed").equals("true");
        return Optional.of(ChannelJson.receipt(answer, isReplayed));
    }
}
