// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * HTTP/1.1 as its client speaks it, to a backend or to a worker: a request and its response on one connection, whoever opened that.
 *
 * <p>An {@code HttpExchange} sends the request, its body from the {@code Intake}, which can give it again as long as it is short; its
 * response is a {@code Download}. A connection that a worker has opened is an {@code UpgradedSession}; others are those of the
 * library. No thread waits, and memory is bounded however long both are.
 *
 * <p>May use {@code http} and {@code time}.
 */
@NullMarked
package io.holdfast.flow;

import org.jspecify.annotations.NullMarked;
