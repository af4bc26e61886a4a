// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Plays cameras, simulated ones too, and asks for the logs of a camera. Internal: users must not depend on this package, which may change
 * with each release. Start at {@link io.holdfast.client.camera.CameraPoller} and {@link io.holdfast.client.camera.LogsRequest}.
 *
 * <p>Promises:
 * <ul>
 *   <li>A camera polls again at once, whatever happens to the dumps and replies that it sends.
 *   <li>A dump is tried for 30 s, or until a newer one replaces it. A reply is tried for 30 s.
 *   <li>The listener and the camera's own functions are called in turns, one after the other.
 * </ul>
 * State that is neither final nor volatile belongs to the turns of the poll loop. Uses {@code http} and {@code time}, and of
 * {@code io.holdfast.client} the values, exceptions and the listener.
 */
@NullMarked
package io.holdfast.client.camera;

import org.jspecify.annotations.NullMarked;
