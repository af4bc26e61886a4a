// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * The routes file: its lines, the routes and targets that they describe, and the table in use. Start at
 * {@link io.holdfast.proxy.routes.RoutesWatch}.
 *
 * <p>{@code RoutesFile} reads the lines in the syntax of Pushpin, {@code RouteReader} makes and checks each {@code Route}, and
 * {@code TargetReader} each {@code Target}. When the file changes, {@code RoutesWatch} replaces the {@code RouteTable}.
 *
 * <p>Promises: a file with a bad line never replaces one that is in use, and every fault is named with its line.
 *
 * <p>May use {@code proxy.script}, {@code access.token}, {@code cluster}, {@code config} and {@code time}.
 */
@NullMarked
package io.holdfast.proxy.routes;

import org.jspecify.annotations.NullMarked;
