// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.URI;
import java.time.Duration;

/**
 * Something went wrong that a further try may mend.
 *
 * @param at the address that was asked
 * @param what a sentence for a human
 * @param failures how many there were since the last success, this one included
 * @param pause how long until the next try
 */
public record Trouble(URI at, String what, int failures, Duration pause) {

    /** As a line of a log. */
    String line(String whose) {
        return whose + " has trouble at=" + at + " failures=" + failures + " nextMillis=" + pause.toMillis() + " what="
                + what;
    }
}
