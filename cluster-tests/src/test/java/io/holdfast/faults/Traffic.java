// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * The usual clients of a cluster under faults. 800 poll a counter that ten writers keep busy, and 200 poll one that rests for seconds.
 * Each poll is held for up to 5 s. Twenty clients read without a hold.
 */
final class Traffic implements AutoCloseable {
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final Duration BETWEEN_POLLS = Duration.ofMillis(800);

    private final String busyCounter, quietCounter;
    private final Ledger busyLedger, quietLedger;
    private final Crowd busy, quiet;

    /** Starts the clients. The function leads from a path to the balancer. */
    Traffic(String name, Function<String, URI> balancer) {
        this.busyCounter = name + "-busy";
        this.quietCounter = name + "-quiet";
        this.busyLedger = new Ledger("busy");
        this.quietLedger = new Ledger("quiet");
        this.busy = new Crowd(busyLedger);
        this.quiet = new Crowd(quietLedger);
        URI busyUri = balancer.apply(path(busyCounter)), quietUri = balancer.apply(path(quietCounter));
        busy.writers(10, () -> busyUri, Duration.ofMillis(200));
        busy.pollers(800, () -> busyUri, WAIT, BETWEEN_POLLS);
        busy.readers(20, () -> busyUri, Duration.ofMillis(200));
        quiet.writers(1, () -> quietUri, Duration.ofSeconds(3));
        quiet.pollers(200, () -> quietUri, WAIT, BETWEEN_POLLS);
    }

    private static String path(String counter) {
        return "/counters/" + counter + "/value/";
    }

    /** Adds clients that ask only that member. */
    void readersOf(Member member) {
        busy.readers(10, () -> member.uri(path(busyCounter)), Duration.ofMillis(100));
        busy.pollers(10, () -> member.uri(path(busyCounter)), WAIT, Duration.ofMillis(100));
    }

    /** Waits until the traffic runs smoothly. Stalls before that do not count. */
    void settle() {
        await("traffic flows")
                .atMost(Duration.ofMinutes(3))
                .until(() -> busyLedger.reads() > 5_000 && quietLedger.acknowledgedCount() > 1);
        busyLedger.warm();
        quietLedger.warm();
    }

    void stop() {
        busy.stop();
        quiet.stop();
    }

    /** Prints the figures, and checks the clients' answers against each other and against every member. */
    void check(String what, List<Member> members, Duration mostStall) throws Exception {
        System.out.println("FIGURES " + what + ": " + busyLedger);
        System.out.println("FIGURES " + what + ": " + quietLedger);
        busyLedger.check(mostStall);
        quietLedger.check(mostStall);
        for (Member member : members) {
            busyLedger.checkFinal(member.value(busyCounter));
            quietLedger.checkFinal(member.value(quietCounter));
        }
    }

    @Override
    public void close() {
        busy.close();
        quiet.close();
    }
}
