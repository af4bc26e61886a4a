// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

/**
 * A counter as a reader or an increment finds it.
 *
 * @param value the value
 * @param life the life in which it has that value
 */
record Reading(long value, Life life) {}
