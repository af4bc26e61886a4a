// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

/** A way to follow a channel. */
public enum By {
    /** One held request after the other. It passes every proxy, and each event comes complete. */
    LONG_POLL,
    /** One stream of Server-Sent Events. Events come without time, media type and former id. */
    SSE
}
