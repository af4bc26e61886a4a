// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.URI;
import java.time.Duration;

/**
 * A failure that a retry may overcome.
 *
 * @param at the address that failed
 * @param what a sentence for people
 * @param failures the number of failures since the last success, including this one
 * @param pause the time until the retry
 */
public record Trouble(URI at, String what, int failures, Duration pause) {

    /** A line for a log. */
    String line(String whose) {
        return whose + " has trouble at=" + at + " failures=" + failures + " nextMillis=" + pause.toMillis() + " what="
                + what;
    }
}
