// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Cameras, or any device that can only call out. A camera holds a poll; the response says that a user wants its logs, or gives it
 * commands. The dump that it then delivers answers all users who asked. Start at {@link io.holdfast.camera.CameraRoom}.
 *
 * <p>Promises:
 * <ul>
 *   <li>Users, polls and deliveries of one camera may each be at another member.
 *   <li>A user who asks gets a dump whose delivery began after the question, or in time an answer that none came.
 *   <li>Many questions cost the camera one wake-up. A wake-up that reached no poll is given to the next one.
 *   <li>A command is given to the camera at most once; its sender learns whether it was.
 *   <li>A dump that was acknowledged is on the backups.
 * </ul>
 * A wake-up that was sent to the camera but lost on its way is repeated after {@code camera.again}.
 *
 * <p>May use {@code kernel}, {@code access}, {@code waiter}, {@code cluster}, {@code http}, {@code config} and {@code time}.
 */
@NullMarked
package io.holdfast.camera;

import org.jspecify.annotations.NullMarked;
