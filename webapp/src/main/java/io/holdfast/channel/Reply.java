// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import java.util.List;

/**
 * What a command has led to.
 *
 * @param before the newest place before it
 * @param receipts what became of its publications, in order
 * @param pages what its readers are given, in order
 * @param summary the channel after it
 */
record Reply(EventId before, List<Receipt> receipts, List<Page> pages, Summary summary) {}
