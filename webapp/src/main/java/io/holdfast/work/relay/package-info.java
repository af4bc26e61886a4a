// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Requests on their way between two members, and their responses on the way back. Start at {@link io.holdfast.work.relay.Relay}.
 *
 * <p>A request is an {@code Order}, given to a worker by an {@code Assignment}. Two members exchange {@code Message}s by a {@code Link}.
 * Its ends are a {@code RequesterLink} at the member of the request and a {@code WorkerLink} at that of the worker.
 *
 * <p>The room promises: the messages of an end arrive in order and once, or both ends learn that the link is lost; no more of a body is on
 * its way than was requested, and a window. Nothing blocks.
 *
 * <p>May use {@code flow}, {@code cluster}, {@code http}, {@code concurrent} and {@code time}.
 */
@NullMarked
package io.holdfast.work.relay;

import org.jspecify.annotations.NullMarked;
