// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import io.holdfast.camera.CameraContract;
import io.holdfast.testing.Http;

/** The contract of cameras, on a server. */
final class OfCameras extends CameraContract {
    private final Http holder, releaser;

    OfCameras(Http holder, Http releaser) {
        this.holder = holder;
        this.releaser = releaser;
    }

    @Override
    protected Http user() {
        return holder;
    }

    @Override
    protected Http camera() {
        return releaser;
    }

    @Override
    protected Http delivery() {
        return holder;
    }
}
