// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * The values of HTTP, without a server: headers, problems, refusals, responses, and JSON in and out. Start at
 * {@link io.holdfast.http.message.Headers} and {@link io.holdfast.http.message.Problem}.
 *
 * <p>{@link io.holdfast.http.message.JsonInput} reads the JSON that peers send, {@link io.holdfast.http.message.Json} writes ours.
 *
 * <p>Promises: values never change. JSON from outside is read within bounds of depth and size, and whatever is wrong with it becomes a
 * refusal that names the field, the rule and the value.
 *
 * <p>Uses no other room.
 */
@NullMarked
package io.holdfast.http.message;

import org.jspecify.annotations.NullMarked;
