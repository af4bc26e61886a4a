// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * Follows channels, by long poll or by Server-Sent Events, and publishes to them. Internal: users must not depend on this package, which
 * may change with each release. Start at {@link io.holdfast.client.channel.Follower} and {@link io.holdfast.client.channel.Publication}.
 *
 * <p>Promises:
 * <ul>
 *   <li>A follower that has begun misses no event that the channel still keeps. It resumes from its cursor and reports each gap.
 *   <li>The cursor never lies beyond an event that the listener has not taken, and an event whose listener failed is given again.
 *   <li>One follower gives no event twice, as far back as {@code DeliveredIds} reaches.
 *   <li>All tries of a publication carry one {@code Idempotency-Key}.
 * </ul>
 * State that is neither final nor volatile belongs to the turns of the follower's poll loop. Uses {@code http}, and of
 * {@code io.holdfast.client} the values, exceptions and the listener.
 */
@NullMarked
package io.holdfast.client.channel;

import org.jspecify.annotations.NullMarked;
