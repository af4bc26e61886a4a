// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.lang.System.Logger.Level;

/** Receives the news of a camera, one call at a time. It may block, which slows its own camera only. A failure of it is logged. */
public interface CameraListener {

    /** A {@link SimulatedCamera} has added this line to its logs. */
    default void event(String line) {}

    /** The server took a dump of so many lines. */
    default void dumped(int lines) {}

    /** A dump, or the reply to a command, is not sent; {@code what} is a sentence with the reason. Logged unless overridden. */
    default void lost(String what) {
        System.getLogger(CameraListener.class.getName()).log(Level.WARNING, () -> "Camera has lost what=" + what);
    }

    /** Receives a failure before its retry. Logged unless overridden. */
    default void trouble(Trouble trouble) {
        System.getLogger(CameraListener.class.getName()).log(Level.WARNING, () -> trouble.line("Camera"));
    }
}
