// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import io.holdfast.time.Clocks;
import io.holdfast.time.Ticker;
import io.holdfast.time.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** All three kinds of time, standing still until a test advances them; due tasks run on the thread that advances. */
public final class ManualTime implements Ticker, Timer, InstantSource {
    private static final Instant BEGINNING = Instant.parse("2026-11-21T12:00:00Z");

    private final PriorityQueue<Task> waiting =
            new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::number));
    private final long start;
    private long elapsed; // guarded by this
    private long numbers; // guarded by this

    /** Time whose ticker begins at zero. */
    public ManualTime() {
        this(0);
    }

    /** Time whose ticker begins there: close below {@link Long#MAX_VALUE}, readings soon overflow as a real ticker's may. */
    public ManualTime(long start) {
        this.start = start;
    }

    private record Task(long due, long number, Runnable work) {}

    @Override
    public synchronized long nanos() {
        return start + elapsed;
    }

    @Override
    public synchronized Instant instant() {
        return BEGINNING.plusNanos(elapsed);
    }

    @Override
    public synchronized Scheduled after(Duration delay, Runnable work) {
        Task task = new Task(elapsed + Math.max(0, delay.toNanos()), numbers++, work);
        waiting.add(task);
        return () -> forget(task);
    }

    private synchronized void forget(Task task) {
        waiting.remove(task);
    }

    /** Moves on, running on this thread, each at its moment and with no lock held, what falls due on the way. */
    public void advance(Duration step) {
        long end = elapsed() + step.toNanos();
        for (Task task = next(end); task != null; task = next(end)) task.work().run();
        arriveAt(end);
    }

    /** Moves the clock without running anything, as when the process was stopped. */
    public void jump(Duration step) {
        arriveAt(elapsed() + step.toNanos());
    }

    private synchronized long elapsed() {
        return elapsed;
    }

    private synchronized void arriveAt(long moment) {
        elapsed = Math.max(elapsed, moment);
    }

    private synchronized @Nullable Task next(long end) {
        Task task = waiting.peek();
        if (task == null || task.due() > end) return null;
        elapsed = Math.max(elapsed, task.due());
        return waiting.remove();
    }

    /** How many tasks wait for their moment. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /** This time as the rooms take it. */
    public Clocks clocks() {
        return new Clocks(this, this, this);
    }
}
