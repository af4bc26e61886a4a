// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Parties that run against each other, round after round, each on a thread of its own: nobody starts a round before everybody is
 * at the start gate, and the round is over when everybody has passed the end gate.
 */
public final class Race {
    private static final long STUCK_SECONDS = 60;

    private Race() {}

    /** One who races. */
    @FunctionalInterface
    public interface Party {

        /** Runs in the round of that number. */
        void run(int round) throws Exception;
    }

    /**
     * Runs so many rounds.
     *
     * @param before prepares a round, while nobody runs
     * @param after looks at what came of it, while nobody runs
     */
    public static void run(int rounds, Party before, Party after, List<Party> parties) throws Exception {
        CyclicBarrier start = new CyclicBarrier(parties.size() + 1), end = new CyclicBarrier(parties.size() + 1);
        ExecutorService threads = Executors.newFixedThreadPool(parties.size());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (Party party : parties) running.add(threads.submit(() -> lap(rounds, party, start, end)));
            for (int round = 0; round < rounds; round++) {
                before.run(round);
                pass(start);
                pass(end);
                after.run(round);
            }
            for (Future<?> party : running) party.get(STUCK_SECONDS, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Void lap(int rounds, Party party, CyclicBarrier start, CyclicBarrier end) throws Exception {
        for (int round = 0; round < rounds; round++) {
            pass(start);
            try {
                party.run(round);
            } catch (Exception | Error e) {
                end.reset();
                throw e;
            }
            pass(end);
        }
        return null;
    }

    private static void pass(CyclicBarrier gate) throws Exception {
        try {
            gate.await(STUCK_SECONDS, TimeUnit.SECONDS);
        } catch (BrokenBarrierException | TimeoutException e) {
            throw new ExecutionException("A party failed or is stuck", e);
        }
    }
}
