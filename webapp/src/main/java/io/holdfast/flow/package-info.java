// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Requests and responses on their way: from a client to an origin that answers, and back.
 *
 * <p>An {@code Origin} answers a request by a {@code ResponseSink}, and opens the {@code RequestBody}. {@code Attempts} decides whether
 * another origin may be asked after a {@code Failure}. A response goes to a client by a {@code ClientResponse}, or is {@code Collected}.
 * Bodies pass through the sources and sinks of room {@code http}, as they are requested.
 *
 * <p>An {@code HttpExchange} is a request and its response on one connection of HTTP/1.1, opened by either side. A connection that a
 * worker has opened by an upgrade is an {@code UpgradedSession}; the library provides the others.
 *
 * <p>Promises: no thread waits, memory is bounded however long both bodies are, and no foreign code is called under a lock.
 *
 * <p>May use {@code concurrent}, {@code http} and {@code time}.
 */
@NullMarked
package io.holdfast.flow;

import org.jspecify.annotations.NullMarked;
