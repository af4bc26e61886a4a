// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import picocli.CommandLine.Option;

/** The option that names a camera. */
final class CameraId {

    @Option(
            names = "--id",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "The name of the camera (default ${DEFAULT-VALUE}, the camera of the bare paths).")
    private String id = "";

    String id() {
        return id;
    }
}
