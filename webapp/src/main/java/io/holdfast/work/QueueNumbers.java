// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/**
 * The numbers of one queue at one member.
 *
 * @param waiting how many requests of its clients wait for a worker, jobs included
 * @param oldestSeconds for how long the first of them has waited since it was here first
 * @param busy how many have one
 * @param idle how many workers that are attached to it are idle
 */
public record QueueNumbers(long waiting, double oldestSeconds, long busy, long idle) {
    static final QueueNumbers NONE = new QueueNumbers(0, 0, 0, 0);

    QueueNumbers andWaiting(double seconds) {
        return new QueueNumbers(waiting + 1, Math.max(oldestSeconds, seconds), busy, idle);
    }

    QueueNumbers andBusy() {
        return new QueueNumbers(waiting, oldestSeconds, busy + 1, idle);
    }

    QueueNumbers andIdle() {
        return new QueueNumbers(waiting, oldestSeconds, busy, idle + 1);
    }
}
