// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Passes requests from one member to another, and their responses back. Start at {@link io.holdfast.work.relay.Relay}.
 *
 * <p>A request is an {@code Order}, and a worker gets it by an {@code Assignment}. Two members exchange {@code Message}s by a
 * {@code Link}. Its ends are a {@code RequesterLink} at the member of the request and a {@code WorkerLink} at that of the worker.
 *
 * <p>The room promises: the messages of an end arrive in order and exactly once, or both ends are informed that the link is lost. No more
 * of a body is on its way than was requested, plus one window. Nothing blocks.
 *
 * <p>May use {@code flow}, {@code cluster}, {@code http}, {@code concurrent} and {@code time}.
 */
@NullMarked
package io.holdfast.work.relay;

import org.jspecify.annotations.NullMarked;
