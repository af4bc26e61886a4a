// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a turn.
 *
 * @param room whether there was room for the queue
 * @param refused the tickets for which there was no room in it
 * @param matches those who were given whom now, as far as it concerns whoever asks; all, if it looked
 * @param seen what else is there of its own, if it looked
 */
record Turned(
        boolean room,
        List<String> refused,
        List<Queue.Match> matches,
        @Nullable Seen seen) {}
