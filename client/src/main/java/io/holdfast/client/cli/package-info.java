// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * The client as a program: {@code follow}, {@code publish}, {@code worker}, {@code camera} and {@code logs}. Start at {@link io.holdfast.client.cli.Main}.
 *
 * <p>What was asked for goes to standard output, one a line where it can be; what went wrong, and the cursor at the end, to standard error.
 * What comes from the network is never written to a terminal as a control character. Uses what {@code io.holdfast.client} makes public.
 */
@NullMarked
package io.holdfast.client.cli;

import org.jspecify.annotations.NullMarked;
