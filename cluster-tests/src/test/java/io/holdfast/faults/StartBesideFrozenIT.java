// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.OwnTime;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One member of three is frozen. The others are killed and start again: first one beside the other, then both. */
@Tag("drill")
class StartBesideFrozenIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3), LOST = Duration.ofSeconds(12);

    @Test
    void membersStartBesideAFrozenOneAndMergeWithItLater() throws Exception {
        try (Trio trio = new Trio("beside-frozen")) {
            Member survivor = trio.members().get(0),
                    other = trio.members().get(1),
                    frozen = trio.members().get(2);
            Duration usualBoth = started(List.of(survivor, other), 3), usual = started(List.of(other), 3);
            increment(other);
            frozen.freeze();
            Pause.of(LOST);
            survivor.awaitReady(2, PATIENCE);

            Duration beside = started(List.of(other), 2);
            assertEquals(1, other.value("kept"));
            Duration both = started(List.of(survivor, other), 2);
            System.out.println("FIGURES start ms usual=" + usual.toMillis() + " beside a frozen member="
                    + beside.toMillis() + "; two at a time usual=" + usualBoth.toMillis() + " beside it="
                    + both.toMillis());
            assertTrue(beside.compareTo(atMost(usual)) <= 0, () -> beside + " after " + usual);
            assertTrue(both.compareTo(atMost(usualBoth)) <= 0, () -> both + " after " + usualBoth);

            increment(other);
            frozen.thaw();
            trio.awaitAll();
            // The frozen member still had the increment of before; the others had begun anew.
            for (Member member : trio.members()) assertEquals(2, member.value("kept"), member.name());
        }
    }

    /** Twice the usual time, and the time in which a silent peer could answer. */
    private static Duration atMost(Duration usual) {
        return usual.multipliedBy(2).plusSeconds(4);
    }

    private static void increment(Member member) {
        HttpResponse<String> response = member.http()
                .post(member.uri("/counters/kept/value/"), PATIENCE)
                .join();
        assertEquals(200, response.statusCode(), response.body());
    }

    /** Kills these members and starts them again. Returns the time until each sees so many. */
    private static Duration started(List<Member> members, int seen) {
        members.forEach(Member::kill);
        long begun = OwnTime.now();
        members.forEach(Member::restart);
        for (Member member : members) member.awaitReady(seen, PATIENCE);
        return OwnTime.since(begun);
    }
}
