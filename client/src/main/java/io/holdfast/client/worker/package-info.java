// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Works for a queue: takes requests, lets a handler perform them, and sends the responses back. Internal: users must not depend on this
 * package, which may change with each release. Start at {@link io.holdfast.client.worker.ActiveWorker}.
 *
 * <p>Promises:
 * <ul>
 *   <li>A worker begins no request whose lease it has not acknowledged.
 *   <li>It passes on no part of a body as the whole.
 *   <li>It interrupts the handler of a request whose response is no longer wanted.
 * </ul>
 * A worker has one thread for each request at a time, a {@code WorkLoop}, which waits, performs and answers. State of {@code WorkLoop},
 * {@code Puller}, {@code Dialer} and of the assignments belongs to that thread, unless it is final, is volatile or names a guard.
 * Uses {@code http}, {@code http1} and {@code time}, and of {@code io.holdfast.client} the values, exceptions, handler and listener.
 */
@NullMarked
package io.holdfast.client.worker;

import org.jspecify.annotations.NullMarked;
