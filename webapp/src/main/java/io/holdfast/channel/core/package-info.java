// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Channels without HTTP: publish, read, wait and be present. Start at {@link io.holdfast.channel.core.Channels}.
 *
 * <p>{@code LogStore} is the only class that holds the map of logs. {@code Channels.await} holds a reader until there are events for it.
 * {@link io.holdfast.channel.core.Journal} is the way of room {@code grip} to a channel.
 *
 * <p>Promises those of room {@code channel}. An event is not shown to a reader before the backups have it.
 *
 * <p>May use {@code channel.log}, {@code waiter}, {@code cluster}, {@code http.message}, {@code config}, {@code concurrent} and
 * {@code time}, as the table of rooms says.
 */
@NullMarked
package io.holdfast.channel.core;

import org.jspecify.annotations.NullMarked;
