// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * A client for Holdfast on the JDK's HTTP client. It follows channels by long poll or Server-Sent Events, and publishes to
 * them. It works for queues, plays cameras, and asks for the logs of a camera.
 *
 * <p>Start at {@link io.holdfast.client.Holdfast}. This package is all that users need. The packages inside it are internal and may change
 * with each release.
 *
 * <p>Promises:
 * <ul>
 *   <li>A follower that has begun misses no event that the channel still keeps, whatever fails. It resumes from its cursor at the next
 *       address. Where the channel no longer keeps the next events, it reports a {@link io.holdfast.client.Gap}.
 *   <li>An event whose listener failed is given again. The cursor never lies beyond an event that was not taken.
 *   <li>One follower gives no event twice, as far back as 10,000 events.
 *   <li>All tries of a publication carry one {@code Idempotency-Key}, so that the event is appended once.
 *   <li>A worker begins no request that may belong to another worker, and passes on no part of a body as the whole.
 *   <li>A camera polls again at once, whatever happens to the dumps and replies that it sends.
 * </ul>
 *
 * <p>It does not promise exactly-once to a process that begins anew from a stored cursor, nor an order between channels.
 *
 * <p>All classes and records here are safe for use by several threads, except for those that are configured before a start: {@code Follow},
 * {@code Publish}, {@code Camera}, {@code SimulatedCamera}, {@code Logs} and {@code Worker}.
 */
@NullMarked
package io.holdfast.client;

import org.jspecify.annotations.NullMarked;
