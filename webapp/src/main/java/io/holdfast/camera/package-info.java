// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Cameras, or any device that can only call out: it holds a poll, and is told there that somebody wants its logs, or sends it
 * commands; what it then delivers answers whoever asked. Start at {@link io.holdfast.camera.CameraRoom}.
 *
 * <p>What the room promises:
 * <ul>
 *   <li>Who asks, who polls and who delivers may each be at another member.
 *   <li>Who asks is answered with a dump whose delivery began after the question, or told in time that none came.
 *   <li>Questions of many cost the camera one wake-up. One that reached nobody is told to the next poll.
 *   <li>A command is given to the camera once at the most; who sent it learns whether it was.
 *   <li>A dump that was acknowledged is on the backups.
 * </ul>
 * A wake-up that the camera was told, and that was lost on its way, is told again after {@code camera.again}.
 *
 * <p>May use {@code kernel}, {@code access}, {@code waiter}, {@code cluster}, {@code http}, {@code config} and {@code time}.
 */
@NullMarked
package io.holdfast.camera;

import org.jspecify.annotations.NullMarked;
