// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

/** A request to a camera that was not done, or of which it is not known whether it was. */
final class CameraRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Why why;

    /** The reasons. */
    enum Why {
        /** Nothing was done. */
        UNAVAILABLE,
        /** It is not known whether it was done. */
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
