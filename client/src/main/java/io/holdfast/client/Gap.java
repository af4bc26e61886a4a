// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * Events that may have been missed: those between the reader's cursor and {@code oldest}. The channel no longer keeps them.
 *
 * @param channel the channel; null if the server did not name it
 * @param after the cursor of the request; null if the server did not repeat it
 * @param oldest the id of the oldest event that is kept; null if none is
 */
public record Gap(
        @Nullable String channel,
        @Nullable String after,
        @Nullable String oldest) {}
