// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

/**
 * The answer of a turn.
 *
 * @param room whether there was room for the camera
 * @param camera as it is now
 */
record Turned(boolean room, Camera camera) {}
