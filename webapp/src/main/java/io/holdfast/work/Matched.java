// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.work.queue.Queue.Match;

/** News for the member of a ticket, from that of the worker which the queue has given it. */
record Matched(String queue, Match match) {}
