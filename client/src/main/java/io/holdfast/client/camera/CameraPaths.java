// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.camera;

import io.holdfast.client.http.Names;

/**
 * The paths of one camera.
 *
 * @param name the name of the camera; {@code default} is the camera of the bare paths
 */
public record CameraPaths(String name) {
    private static final String DEFAULT = "default";

    /** Checks the name. */
    public CameraPaths {
        Names.check("camera", name);
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
