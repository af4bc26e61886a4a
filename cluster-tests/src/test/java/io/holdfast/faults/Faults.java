// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import java.time.Duration;
import java.util.Random;

/** Random faults of one member at a time. The same seed leads to the same faults in the same order. */
final class Faults {
    private final Random random;
    private final Trio trio;
    private int count;

    Faults(long seed, Trio trio) {
        this.random = new Random(seed);
        this.trio = trio;
    }

    int count() {
        return count;
    }

    /** Causes one fault after the other until the time has passed, and then waits for all members. */
    void during(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            one(trio.members().get(random.nextInt(3)));
            count++;
            trio.awaitAll();
            Pause.of(Duration.ofMillis(1_000 + random.nextInt(5_000)));
        }
    }

    private void one(Member victim) {
        int kind = random.nextInt(3);
        Duration length = Duration.ofMillis(500 + random.nextInt(15_000));
        System.out.println("FIGURES fault: " + victim.name() + " is "
                + (kind == 0 ? "killed" : kind == 1 ? "frozen" : "stopped") + " for ms=" + length.toMillis());
        if (kind == 1) {
            victim.freeze();
            Pause.of(length);
            victim.thaw();
        } else {
            if (kind == 0) victim.kill();
            else victim.stop();
            Pause.of(length);
            victim.restart();
        }
    }
}
