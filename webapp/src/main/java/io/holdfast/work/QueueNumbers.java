// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/**
 * The numbers of one queue at one member.
 *
 * @param waiting the number of its clients' requests that wait for a worker, jobs included
 * @param oldestSeconds how long the oldest of them has waited since it came to this member
 * @param busy the number of its clients' requests that a worker performs
 * @param idle the number of idle workers at this member
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
