// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * A client for Holdfast on the JDK's HTTP client: follows channels by long poll or Server-Sent Events, and publishes; works for queues;
 * plays a camera, and asks one for its logs.
 *
 * <p>Start at {@link io.holdfast.client.Holdfast}.
 *
 * <p>Promises:
 * <ul>
 *   <li>A follower that began misses no event that the channel still keeps, whatever breaks on the way: it resumes from its cursor, at
 *       the next of its addresses, and reports a {@link io.holdfast.client.Gap} where the channel no longer keeps what came next.
 *   <li>An event whose listener failed is given again. The cursor never lies beyond an event that was not taken.
 *   <li>Within one follower no event is taken twice, as far back as {@code Remembered} reaches.
 *   <li>A publication is repeated under one {@code Idempotency-Key}, so that it is appended once.
 *   <li>A worker begins nothing that may be another's, and passes on no part of a body as the whole.
 *   <li>A camera asks again at once, whatever becomes of what it sends. A dump is tried for 30 s, or until there is a newer one.
 * </ul>
 * It does not promise exactly-once to a process that begins anew from a stored cursor, nor any order between channels.
 *
 * <p>Everything that happens to one follower, camera or call happens in turns, one after the other, on a thread of the client's own pool;
 * what is not final in {@code Follower}, {@code Delivery}, {@code CameraPoller}, {@code Simulation}, {@code Rounds}, {@code Exchange} and
 * {@code Call} is touched in those turns only. A worker is different: it has a thread for each request at a time, a {@code Slot}, which
 * waits, performs and answers; what is not final in {@code Slot}, {@code Pull}, {@code Dial}, {@code Lease} and {@code Asking} is that
 * thread's unless it says otherwise. {@code Crew} is what they share.
 */
@NullMarked
package io.holdfast.client;

import org.jspecify.annotations.NullMarked;
