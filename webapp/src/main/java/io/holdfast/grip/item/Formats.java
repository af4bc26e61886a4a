// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.item;

import io.holdfast.http.Headers;
import jakarta.json.JsonArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an item is to each kind of subscriber; null where it is nothing.
 *
 * @param response to a response hold
 * @param stream to a stream hold
 * @param message to a WebSocket
 */
public record Formats(
        @Nullable HttpResponse response,
        @Nullable HttpStream stream,
        @Nullable WsMessage message) {

    /** Whether it is nothing to anybody. */
    boolean isEmpty() {
        return response == null && stream == null && message == null;
    }

    /** What a subscriber does about it. */
    public enum Action {
        /** Sends what there is to send. */
        SEND,
        /** Asks the backend again. */
        HINT,
        /** Closes the stream or the socket. */
        CLOSE,
        /** Asks the backend again, as when the channel had its first subscriber. */
        REFRESH
    }

    /**
     * Completes a response hold. Only what is sent has more than the action.
     *
     * @param action what is done
     * @param code the status, from 200 to 999
     * @param reason the reason phrase
     * @param headers more headers, as text
     * @param body the bytes; shared, never changed
     * @param patch changes of the body that the hold has (RFC 6902), in place of one; null if there is none
     * @param contentFilters what the subscription must have of them; null if it may have any
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
     * Goes on with a stream hold, or ends it.
     *
     * @param action what is done
     * @param content the bytes; shared, never changed
     * @param contentFilters what the subscription must have of them; null if it may have any
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
     * @param action what is done
     * @param type of the message
     * @param content the bytes; shared, never changed
     * @param code why it is closed; null if that is not said
     * @param reason why it is closed, in words; may be empty
     * @param contentFilters what the subscription must have of them; null if it may have any
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
