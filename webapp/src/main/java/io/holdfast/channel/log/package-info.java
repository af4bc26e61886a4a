// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors

/**
 * The replicated record of a channel and the commands that change it. Start at {@code Log}.
 *
 * <p>Every change is an entry processor, {@code Command}, {@code Clear}, {@code Expire} or {@code Attend}. It runs on the primary and
 * its backups, and turns one {@code Log} into the next. {@code Page} is a slice of it for a reader.
 *
 * <p>Promises:
 * <ul>
 *   <li>A command has the same result on every member, and a repeated command counts once.
 *   <li>The ids of a channel only grow, also after a split is healed.
 * </ul>
 *
 * <p>May use {@code cluster}; nothing here concerns readers, waiting or HTTP.
 */
@NullMarked
package io.holdfast.channel.log;

import org.jspecify.annotations.NullMarked;
