// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to follow, and how.
 *
 * @param channels their names
 * @param by long poll or stream
 * @param after where to begin; null for now
 * @param hold how long the server is asked to hold a request
 * @param silence how long a stream may be silent
 * @param answers how many events one answer may have
 * @param longest how many bytes an answer, or an event of a stream, may have
 * @param patience how long it may go without success; null for ever
 */
record Plan(
        List<String> channels,
        By by,
        @Nullable String after,
        Duration hold,
        Duration silence,
        int answers,
        int longest,
        @Nullable Duration patience) {}
