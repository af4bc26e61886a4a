// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.camera;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The camera to play, and how to play it.
 *
 * @param paths its paths
 * @param logs the lines of a dump
 * @param commands the reply to each command; null if the camera takes none
 * @param isPlain whether a dump is sent as a JSON object, not as a string that contains the object
 */
public record CameraPlan(
        CameraPaths paths,
        Supplier<List<String>> logs,
        @Nullable UnaryOperator<String> commands,
        boolean isPlain) {}
