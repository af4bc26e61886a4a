// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Requests and responses on their way: from a client to an origin that answers, and back.
 *
 * <p>An {@code Origin} answers a request, whose {@code RequestBody} it opens, by a {@code ResponseSink}; {@code Attempts} decides whether
 * another origin may be asked after a {@code Failure}. A response goes to a client by a {@code ClientResponse}, or is {@code Collected}.
 * Bodies are given by the sources and sinks of room {@code http}, as they are requested.
 *
 * <p>An {@code HttpExchange} is a request and its response on one connection of HTTP/1.1, whoever opened that. A connection that a worker
 * has opened is an {@code UpgradedSession}; others are those of the library.
 *
 * <p>Promises: no thread waits, memory is bounded however long both bodies are, and no foreign code is called under a lock.
 *
 * <p>May use {@code concurrent}, {@code http} and {@code time}.
 */
@NullMarked
package io.holdfast.flow;

import org.jspecify.annotations.NullMarked;
