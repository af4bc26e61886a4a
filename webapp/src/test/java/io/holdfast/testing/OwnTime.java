// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A clock that stands still while other programs have the processors. Tests measure with it how long clients wait, so that a
 * second build on the same machine neither fails them nor hides anything. On a machine of their own, this time is wall time.
 *
 * <p>Every quarter of a second, the clock compares the time that all processors have worked with the time that this JVM and the processes
 * it has started have worked. The difference is the share of others. Moments are those of {@link System#nanoTime}.
 */
public final class OwnTime {
    private static final Path STAT = Path.of("/proc/stat");
    private static final long PERIOD_MILLIS = 250;

    /** The time of this clock at some moments. */
    private static final NavigableMap<Long, Long> SHOWN = new ConcurrentSkipListMap<>();

    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "own-time");
        thread.setDaemon(true);
        return thread;
    });

    private static Sample last = Sample.now(); // confined to the timer

    static {
        SHOWN.put(last.moment, 0L);
        var unused = TIMER.scheduleAtFixedRate(OwnTime::sample, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private OwnTime() {}

    /** The present moment. The clock runs from the first call of any method on. */
    public static long now() {
        return System.nanoTime();
    }

    /** The time from that moment until now. */
    public static Duration since(long from) {
        return between(from, System.nanoTime());
    }

    /** The time between two moments; less than zero if the second is the earlier one. */
    public static Duration between(long from, long to) {
        return Duration.ofNanos(at(to) - at(from));
    }

    private static long at(long moment) {
        Map.Entry<Long, Long> before = SHOWN.floorEntry(moment);
        if (before == null) return SHOWN.firstEntry().getValue() - (SHOWN.firstKey() - moment);
        Map.Entry<Long, Long> after = SHOWN.higherEntry(moment);
        long passed = moment - before.getKey();
        // Between the last sample and now, and for times without samples, all of the time counts.
        if (after == null) return before.getValue() + passed;
        double share = (double) (after.getValue() - before.getValue()) / (after.getKey() - before.getKey());
        return before.getValue() + (long) (share * passed);
    }

    private static void sample() {
        Sample now = Sample.now();
        long all = now.all - last.all;
        long others = Math.max(0, now.busy - last.busy - now.ownSince(last));
        double share = all <= 0 ? 1 : Math.max(0, 1 - (double) others / all);
        SHOWN.put(now.moment, SHOWN.lastEntry().getValue() + (long) (share * (now.moment - last.moment)));
        last = now;
    }

    /**
     * The ticks of the processors since the machine started.
     *
     * @param moment when they were counted
     * @param all of every processor, at work or not
     * @param busy those at work for a program, or taken by the host; interrupts serve our own connections too and do not count
     * @param own those at work for this JVM and each of its descendants
     */
    private record Sample(long moment, long all, long busy, Map<Long, Long> own) {

        static Sample now() {
            try {
                String[] cpu = Files.readAllLines(STAT).get(0).split(" +", -1);
                // user, nice, system, idle, iowait, irq, softirq, steal
                long all = 0, busy = 0;
                for (int i = 1; i <= 8; i++) all += Long.parseLong(cpu[i]);
                for (int i : new int[] {1, 2, 3, 8}) busy += Long.parseLong(cpu[i]);
                ProcessHandle self = ProcessHandle.current();
                Map<Long, Long> own = Stream.concat(Stream.of(self), self.descendants())
                        .collect(Collectors.toMap(ProcessHandle::pid, process -> ticks(process.pid()), Math::max));
                return new Sample(System.nanoTime(), all, busy, own);
            } catch (IOException e) {
                // Without these numbers all of the time is our own.
                return new Sample(System.nanoTime(), 0, 0, Map.of());
            }
        }

        private static long ticks(long pid) {
            try {
                String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
                // The name, in parentheses, may have blanks.
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            } catch (IOException ended) {
                return 0;
            }
        }

        /** The ticks of our processes since then. A process that has ended since loses those since it was last seen. */
        long ownSince(Sample before) {
            return own.entrySet().stream()
                    .mapToLong(
                            process -> Math.max(0, process.getValue() - before.own.getOrDefault(process.getKey(), 0L)))
                    .sum();
        }
    }
}
