// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.testing;

import io.holdfast.client.time.Clocks;
import io.holdfast.client.time.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/** All kinds of time, which stands still until a test advances it. A due task runs on the thread that advances. */
public final class ManualTime implements Timer, InstantSource {
    public static final Instant BEGINNING = Instant.parse("2026-11-21T12:00:00Z");

    private final PriorityQueue<Task> waiting =
            new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::number));
    private long elapsed; // guarded by this
    private long numbers; // guarded by this

    private record Task(long due, long number, Runnable work) {}

    public Clocks clocks(RandomGenerator random) {
        return new Clocks(this, this::nanos, this, random);
    }

    private synchronized long nanos() {
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

    public void advance(Duration step) {
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

    /** The time until the next task; null if there is none. */
    public synchronized Duration untilNext() {
        Task task = waiting.peek();
        return task == null ? null : Duration.ofNanos(task.due() - elapsed);
    }
}
