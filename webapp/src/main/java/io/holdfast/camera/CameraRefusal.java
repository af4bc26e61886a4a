// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

/** Why a camera cannot be served. */
final class CameraRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Why why;

    /** The kinds. */
    enum Why {
        /** Nothing was done. */
        UNAVAILABLE,
        /** It cannot be told whether it was. */
        UNKNOWN,
        TOO_MANY_CAMERAS,
        TOO_MANY_COMMANDS,
        TOO_MUCH
    }

    CameraRefusal(Why why, String message) {
        super(message, null, false, false);
        this.why = why;
    }

    Why why() {
        return why;
    }
}
