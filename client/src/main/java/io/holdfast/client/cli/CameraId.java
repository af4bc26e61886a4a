// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import picocli.CommandLine.Option;

/** Which camera: an option of the commands about one. */
final class CameraId {

    @Option(
            names = "--id",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "The camera's name; ${DEFAULT-VALUE}, unless given, is the one of the bare paths.")
    private String id = "";

    String id() {
        return id;
    }
}
