// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.log;

import io.holdfast.cluster.limit.Allowance;
import java.time.Duration;
import java.util.List;
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

/** The cost of an append to a full channel and of a read of it, by the number of retained events. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LogBenchmark {
    private static final long NOW = 1_800_000_000_000L;
    private static final UUID ORIGIN = new UUID(1, 2);

    /** How many events the channel keeps, all of them there. */
    @Param({"10", "1000", "10000"})
    public int kept;

    private Log log = Log.begun(NOW);
    private Retention retention = new Retention(1, 1, Duration.ZERO, 1);
    private EventId first = EventId.BEGINNING, oneBeforeLast = EventId.BEGINNING;
    private long number;

    @Setup
    public void fill() {
        retention = new Retention(kept, 1L << 40, Duration.ofDays(1), 1_000);
        for (int i = 0; i < 2 * kept; i++) append();
        first = log.events().get(0).id();
        oneBeforeLast = log.events().get(kept - 2).id();
    }

    /** Each event beside garbage, so that they do not lie in memory next to each other. */
    @Benchmark
    public Object append() {
        Draft draft = new Draft("created", "text/plain;charset=utf-8", new byte[100]);
        Publication publication = Publication.of(List.of(draft), "", false);
        log = log.after(new Command(ORIGIN, ++number, NOW, retention, Allowance.ANY, List.of(publication), List.of()));
        return log;
    }

    @Benchmark
    public Object readTheNewest() {
        return log.within(retention, NOW).read(new Read(oneBeforeLast, 100));
    }

    @Benchmark
    public Object readTheOldest() {
        return log.within(retention, NOW).read(new Read(first, 100));
    }

    @Benchmark
    public Object summary() {
        return Summary.of(log);
    }
}
