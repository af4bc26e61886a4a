// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a camera said.
 *
 * @param json all of it
 * @param age how long ago; null where the server does not say, as of a dump that is new
 */
public record Dump(String json, @Nullable Duration age) {

    /** Its lines; empty if it is no object with an array {@code logs} of strings. */
    public Optional<List<String>> lines() {
        return CameraWire.lines(json);
    }
}
