// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of one batch of increments, and of one join after a split, by the number of origins. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class TallyBenchmark {
    private static final long NOW = 1_800_000_000_000L;

    /** How many members have ever added to the counter, since parts were folded last. */
    @Param({"1", "3", "32"})
    public int origins;

    private UUID last = origin();
    private Tally mine = Tally.ZERO, theirs = Tally.ZERO;
    private long batch = 1;

    @Setup
    public void fill() {
        for (int i = 0; i < origins; i++) {
            last = origin();
            mine = mine.plus(last, 1, 1, NOW);
            theirs = i % 2 == 0 ? mine : theirs.plus(origin(), 1, 1, NOW);
        }
    }

    @Benchmark
    public Object plus() {
        return mine.plus(last, ++batch, 1, NOW);
    }

    @Benchmark
    public long value() {
        return mine.value();
    }

    @Benchmark
    public Object join() {
        return mine.joined(theirs);
    }

    private static UUID origin() {
        return UUID.randomUUID();
    }
}
