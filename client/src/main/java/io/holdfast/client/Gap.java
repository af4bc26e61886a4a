// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * The channel no longer keeps what came right after the reader's cursor: events before {@code oldest} may have been missed.
 *
 * @param channel where; null if the server did not say
 * @param after the cursor that was asked for; null if the server did not repeat it
 * @param oldest the oldest event that is kept; null when nothing is
 */
public record Gap(
        @Nullable String channel,
        @Nullable String after,
        @Nullable String oldest) {}
