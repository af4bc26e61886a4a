// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import io.holdfast.client.camera.CameraJson;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The logs of a camera.
 *
 * @param json the text that the camera sent; usually an object with an array {@code logs} of strings
 * @param age the time since the camera sent it; null if the server does not say, as for a new dump
 */
public record Dump(String json, @Nullable Duration age) {

    /** The lines; empty if the text is not an object with an array {@code logs} of strings. */
    public Optional<List<String>> lines() {
        return CameraJson.lines(json);
    }
}
