// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which camera is played, and how.
 *
 * @param name its name
 * @param logs what it dumps
 * @param commands replies to commands; null if it takes none
 * @param plain whether a dump is sent as the object it is
 */
record CameraPlan(
        CameraName name,
        Supplier<List<String>> logs,
        @Nullable UnaryOperator<String> commands,
        boolean plain) {}
