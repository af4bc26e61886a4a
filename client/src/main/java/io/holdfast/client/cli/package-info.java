// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * The client as a program: {@code follow}, {@code publish}, {@code worker}, {@code camera} and {@code logs}. Start at
 * {@link io.holdfast.client.cli.Main}.
 *
 * <p>Results go to standard output, if possible one a line. Failures, and the cursor at the end, go to standard error. Control characters
 * from the network never reach a terminal. Uses {@code io.holdfast.client} only.
 */
@NullMarked
package io.holdfast.client.cli;

import org.jspecify.annotations.NullMarked;
