// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

/** How a channel is followed. */
public enum By {
    /** One held request after the other. Passes every proxy, and tells all there is to know about an event. */
    LONG_POLL,
    /** One stream of Server-Sent Events. Does not tell an event's time, media type and former id. */
    SSE
}
