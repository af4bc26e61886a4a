// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

/**
 * The name of a camera, which says where it is asked for.
 *
 * @param name as for channels; the camera {@code default} is the one of the bare paths
 */
record CameraName(String name) {
    private static final String DEFAULT = "default";

    CameraName {
        Addresses.check("camera", name);
    }

    String updates() {
        return path("updates");
    }

    String dump() {
        return path("dump");
    }

    String logs() {
        return path("logs");
    }

    private String path(String what) {
        return (name.equals(DEFAULT) ? "/" : "/cameras/" + name + "/") + what + "/";
    }

    String reply(String command) {
        return "/cameras/" + name + "/commands/" + command;
    }
}
