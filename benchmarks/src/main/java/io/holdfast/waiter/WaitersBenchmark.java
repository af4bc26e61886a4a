// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import io.holdfast.time.SystemTimer;
import io.holdfast.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of the registry itself, with the process's timer, a sink that does nothing, and the executor's work done on the spot.
 * Waiters of all ages are held meanwhile, as many per key as the parameter says.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class WaitersBenchmark {
    private static final Key<Long> KEY = new Key<>("bench", "key");
    private static final Duration WAIT = Duration.ofMinutes(1);

    /** How many wait for the key. */
    @Param({"1", "100", "10000"})
    public int perKey;

    private final SystemTimer timer = new SystemTimer("bench-timer");
    private final Waiters waiters = new Waiters(
            new WaiterLimits(1_000_000, 64), Ticker.system(), timer, Runnable::run, (ending, held, release) -> {});
    private final List<Waiter<Long>> others = new ArrayList<>();
    private long state;

    @Setup(Level.Iteration)
    public void holdOthers() {
        for (int i = 0; i < perKey; i++) others.add(hold());
    }

    @TearDown(Level.Iteration)
    public void endOthers() {
        others.forEach(Waiter::gone);
        others.clear();
    }

    @TearDown
    public void close() {
        timer.close();
    }

    /** One waiter registers and ends among the others. */
    @Benchmark
    public void holdAndEnd() {
        hold().gone();
    }

    /** A state that releases nobody is compared with everybody. */
    @Benchmark
    public void releaseNobody() {
        waiters.release(KEY, -1L);
    }

    /** All waiters are released and register again; the time is of all of them together. */
    @Benchmark
    public void releaseAllAndHoldAgain() {
        waiters.release(KEY, ++state);
        for (int i = 0; i < perKey; i++) hold();
    }

    private Waiter<Long> hold() {
        long seen = state;
        return waiters.hold(KEY, WAIT, now -> now > seen, outcome -> true);
    }
}
