// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
/**
 * Senders that are too slow.
 *
 * <p>Start at {@link io.holdfast.pace.Pace}. A look at all bodies that are arriving, now and then, finds those that come more slowly than
 * they may. So no client keeps a place by sending a byte now and then.
 *
 * <p>Promises: time counts only while more of the body is awaited, and never more of it than passes between two looks. So nothing is held
 * against a sender that waits for this member, or against any sender while the process stands still. No thread waits.
 *
 * <p>May use {@code time}.
 */
@NullMarked
package io.holdfast.pace;

import org.jspecify.annotations.NullMarked;
