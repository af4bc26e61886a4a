// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.proxy.routes.Route;
import io.holdfast.proxy.routes.RoutesFile;
import io.holdfast.testing.Complaints;
import io.holdfast.testing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When targets are asked, and what becomes of what they say. */
class HealthChecksTest {
    private final ManualTime time = new ManualTime();
    private final Complaints complaints = new Complaints();
    private final BackendQueues queues = new BackendQueues(time.clocks(), Runnable::run);
    private final List<Asked> asked = new ArrayList<>();
    private final HealthChecks checks = new HealthChecks(
            queues, (target, path, verdict) -> asked.add(new Asked(target.address() + path, verdict)), time);

    private record Asked(String whom, Consumer<Boolean> verdict) {}

    @AfterEach
    void hearNoMore() {
        complaints.close();
    }

    private static List<Route> routes(String... queues) {
        RoutesFile.Parsed parsed = RoutesFile.parse(Path.of(""), List.of(queues));
        assertEquals(List.of(), parsed.problems());
        return parsed.routes();
    }

    private List<String> asked() {
        return asked.stream().map(Asked::whom).toList();
    }

    private void says(int question, boolean well) {
        asked.get(question).verdict.accept(well);
    }

    private boolean isWell(List<Route> routes) {
        return queues.backend(routes.get(0).targets().get(0)).isWell();
    }

    @Test
    void eachTargetIsAskedAtOnceAndAgainWhenItHasAnsweredAndTheIntervalIsOver() {
        checks.keep(routes("* a:1,health=/up?x,health_interval=2 b:1 test", "b.example c:1"));
        assertEquals(List.of("a:1/up?x", "b:1/up?x"), asked().stream().sorted().toList());

        time.advance(Duration.ofSeconds(10));
        assertEquals(2, asked.size());
        says(0, true);
        time.advance(Duration.ofMillis(1_999));
        assertEquals(2, asked.size());
        time.advance(Duration.ofMillis(1));
        assertEquals(3, asked.size());
        assertEquals(asked.get(0).whom, asked.get(2).whom);
    }

    @Test
    void aFailingBackendIsUnhealthyUntilItPassesAndIsLoggedOnce() {
        List<Route> routes = routes("* a:1,health=/up,health_interval=1");
        checks.keep(routes);
        for (int i = 0; i < 4; i++) {
            says(i, i == 3);
            assertEquals(i == 3, isWell(routes));
            time.advance(Duration.ofSeconds(1));
        }
        assertEquals(1, complaints.heard().size());
        assertTrue(complaints.heard().get(0).contains("does not pass its check target=a:1 health=/up"));
    }

    @Test
    void aBackendNoLongerCheckedIsHealthyAndALateResultIsIgnored() {
        List<Route> routes = routes("* a:1,health=/up");
        checks.keep(routes);
        says(0, false);
        time.advance(Duration.ofSeconds(5));
        checks.keep(routes("* a:1"));
        assertTrue(isWell(routes));
        says(1, false);

        assertTrue(isWell(routes));
        assertEquals(0, time.waiting());
    }

    @Test
    void aReloadThatDoesNotTouchItLeavesItAsItIs() {
        List<Route> routes = routes("* a:1,health=/up");
        checks.keep(routes);
        says(0, false);
        checks.keep(routes("b.example b:1", "* a:1,health=/up"));

        assertFalse(isWell(routes));
        assertEquals(1, asked.size());
        time.advance(Duration.ofSeconds(5));
        assertEquals(2, asked.size());
    }

    @Test
    void aFullBackendIsNotChecked() {
        List<Route> routes = routes("* a:1,health=/up,concurrency=1");
        Admission inside = queues.enter(routes.get(0), new Admission.Holder() {
            @Override
            public void onAdmitted(Admission turn, Backend backend) {
                assertEquals("a:1", backend.target.address());
            }

            @Override
            public void onRefused(Admission.Why why) {
                throw new AssertionError(why);
            }
        });
        checks.keep(routes);
        time.advance(Duration.ofSeconds(12));
        assertEquals(0, asked.size());

        queues.left(inside);
        time.advance(Duration.ofSeconds(5));
        assertEquals(1, asked.size());
    }

    @Test
    void afterItsEndNobodyIsAsked() {
        checks.keep(routes("* a:1,health=/up b:1"));
        says(0, true);
        checks.close();
        says(1, true);

        assertEquals(0, time.waiting());
    }
}
