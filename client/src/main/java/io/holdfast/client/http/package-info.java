// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Requests to the members of a cluster over the JDK's HTTP client: addresses, exchanges, retries, polling, and the JSON of answers.
 * Internal: users must not depend on this package, which may change with each release. Start at
 * {@link io.holdfast.client.http.Activities}.
 *
 * <p>Promises:
 * <ul>
 *   <li>A request that failed goes to the next address, after a pause that grows with each failure and respects {@code Retry-After}.
 *   <li>Everything that happens to one poll loop, call or exchange happens in turns: one task after the other, on a thread of the pool.
 *       State of these classes that is neither final nor volatile belongs to the turns.
 *   <li>A server that is silent for longer than it may be counts as failed.
 *   <li>No answer is kept beyond its limit of bytes.
 * </ul>
 * Uses {@code time}, and of {@code io.holdfast.client} the exceptions and {@code Trouble}.
 */
@NullMarked
package io.holdfast.client.http;

import org.jspecify.annotations.NullMarked;
