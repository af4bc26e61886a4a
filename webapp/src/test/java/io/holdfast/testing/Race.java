// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Parties that run against each other, round after round, each on a thread of its own. No party starts a round before all are
 * at the start gate, and the round has ended when all have passed the end gate.
 */
public final class Race {
    private static final long STUCK_SECONDS = 60;

    private final CyclicBarrier start;
    private final CyclicBarrier end;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private Race(int parties) {
        start = new CyclicBarrier(parties + 1);
        end = new CyclicBarrier(parties + 1);
    }

    /** A party of the race, or the one that prepares a round. */
    @FunctionalInterface
    public interface Party {

        /** Runs in the round of that number. */
        void run(int round) throws Exception;
    }

    /**
     * Runs so many rounds.
     *
     * @param before prepares a round, while no party races
     * @param after checks its result, while no party races
     */
    public static void run(int rounds, Party before, Party after, List<Party> parties) throws Exception {
        Race race = new Race(parties.size());
        ExecutorService threads = Executors.newFixedThreadPool(parties.size());
        try {
            for (Party party : parties) threads.execute(() -> race.take(party, rounds));
            for (int round = 0; round < rounds; round++) {
                before.run(round);
                race.pass(race.start);
                race.pass(race.end);
                after.run(round);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void take(Party party, int rounds) {
        try {
            for (int round = 0; round < rounds; round++) {
                pass(start);
                party.run(round);
                pass(end);
            }
        } catch (Throwable thrown) {
            failure.compareAndSet(null, thrown);
            start.reset();
            end.reset();
        }
    }

    private void pass(CyclicBarrier gate) throws Exception {
        Throwable failed = failure.get();
        if (failed != null) throw new AssertionError("A party failed", failed);
        try {
            gate.await(STUCK_SECONDS, TimeUnit.SECONDS);
        } catch (BrokenBarrierException e) {
            throw new AssertionError("A party failed", failure.get());
        }
    }
}
