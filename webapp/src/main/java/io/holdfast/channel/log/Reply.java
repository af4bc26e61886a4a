// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import java.util.List;

/**
 * The result of a command.
 *
 * @param before the newest place before it
 * @param receipts the outcomes of its publications, in order
 * @param pages the pages for its readers, in order
 * @param summary the channel after the command
 */
public record Reply(EventId before, List<Receipt> receipts, List<Page> pages, Summary summary) {}
