// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/** All kinds of time, standing still until told to advance; what falls due runs on the thread that advances. */
final class ManualTime implements Ticker, Timer, InstantSource {
    static final Instant BEGINNING = Instant.parse("2026-11-21T12:00:00Z");

    private final PriorityQueue<Task> waiting =
            new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::number));
    private long elapsed; // guarded by this
    private long numbers; // guarded by this

    private record Task(long due, long number, Runnable work) {}

    @Override
    public synchronized long nanos() {
        return elapsed;
    }

    @Override
    public synchronized Instant instant() {
        return BEGINNING.plusNanos(elapsed);
    }

    @Override
    public synchronized Scheduled after(Duration delay, Runnable work) {
        Task task = new Task(elapsed + delay.toNanos(), numbers++, work);
        waiting.add(task);
        return () -> forget(task);
    }

    private synchronized void forget(Task task) {
        waiting.remove(task);
    }

    void advance(Duration step) {
        long end = nanos() + step.toNanos();
        for (Task task = next(end); task != null; task = next(end)) task.work().run();
        arriveAt(end);
    }

    private synchronized void arriveAt(long moment) {
        elapsed = Math.max(elapsed, moment);
    }

    private synchronized Task next(long end) {
        Task task = waiting.peek();
        if (task == null || task.due() > end) return null;
        elapsed = Math.max(elapsed, task.due());
        return waiting.remove();
    }

    /** How long until the next task; null if there is none. */
    synchronized Duration untilNext() {
        Task task = waiting.peek();
        return task == null ? null : Duration.ofNanos(task.due() - elapsed);
    }
}
