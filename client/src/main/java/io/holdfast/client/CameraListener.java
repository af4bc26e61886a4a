// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.lang.System.Logger.Level;

/** What a camera tells, one call at a time, never two at once. It may block: that slows its own camera. What it throws is logged. */
public interface CameraListener {

    /** A {@link SimulatedCamera} has added this line to its logs. */
    default void event(String line) {}

    /** A dump of so many lines was taken. */
    default void dumped(int lines) {}

    /** There will be no dump, or no reply to a command; a sentence says why. Logged unless overridden. */
    default void lost(String what) {
        System.getLogger(CameraListener.class.getName()).log(Level.WARNING, () -> "Camera has lost what=" + what);
    }

    /** A failure that is followed by a further try. Logged unless overridden. */
    default void trouble(Trouble trouble) {
        System.getLogger(CameraListener.class.getName()).log(Level.WARNING, () -> trouble.line("Camera"));
    }
}
