// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import io.holdfast.http.message.Headers;
import jakarta.json.JsonArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The forms of an item, one for each kind of subscriber; null if that kind does not receive it.
 *
 * @param response for response holds
 * @param stream for stream holds
 * @param message for WebSockets
 */
public record Formats(
        @Nullable HttpResponse response,
        @Nullable HttpStream stream,
        @Nullable WsMessage message) {

    /** Whether no kind of subscriber receives it. */
    boolean isEmpty() {
        return response == null && stream == null && message == null;
    }

    /** The effect on a subscriber. */
    public enum Action {
        /** Sends the content. */
        SEND,
        /** Asks the backend again. */
        HINT,
        /** Closes the stream or the socket. */
        CLOSE,
        /** Asks the backend again, as when the channel had its first subscriber. */
        REFRESH
    }

    /**
     * Completes a response hold. Only {@link Action#SEND} uses more than the action.
     *
     * @param action the effect
     * @param code the status, from 200 to 999
     * @param reason the reason phrase
     * @param headers more headers, as text
     * @param body the bytes; shared, never changed
     * @param patch changes of the body of the hold (RFC 6902), in place of a body; null if there is none
     * @param contentFilters the filters that a subscription must have to receive it; null for no condition
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record HttpResponse(
            Action action,
            int code,
            String reason,
            Headers headers,
            byte[] body,
            @Nullable JsonArray patch,
            @Nullable List<String> contentFilters) {
        public HttpResponse {
            contentFilters = contentFilters == null ? null : List.copyOf(contentFilters);
        }
    }

    /**
     * Extends a stream hold, or ends it.
     *
     * @param action the effect
     * @param content the bytes; shared, never changed
     * @param contentFilters the filters that a subscription must have to receive it; null for no condition
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record HttpStream(
            Action action, byte[] content, @Nullable List<String> contentFilters) {
        public HttpStream {
            contentFilters = contentFilters == null ? null : List.copyOf(contentFilters);
        }
    }

    /**
     * A message to a WebSocket, or its end.
     *
     * @param action the effect
     * @param type the type of the message
     * @param content the bytes; shared, never changed
     * @param code the code of the closing; null for none
     * @param reason the reason of the closing; may be empty
     * @param contentFilters the filters that a subscription must have to receive it; null for no condition
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record WsMessage(
            Action action,
            Type type,
            byte[] content,
            @Nullable Integer code,
            String reason,
            @Nullable List<String> contentFilters) {
        WsMessage {
            contentFilters = contentFilters == null ? null : List.copyOf(contentFilters);
        }

        /** The kinds of frames. */
        enum Type {
            TEXT,
            BINARY,
            PING,
            PONG
        }
    }
}
