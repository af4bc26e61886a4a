// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.proxy.routes.Route;
import io.holdfast.proxy.routes.RoutesFile;
import io.holdfast.proxy.routes.Target;
import io.holdfast.testing.ManualTime;
import io.holdfast.testing.QueueExecutor;
import io.holdfast.time.Clocks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests are admitted, when, and that none is forgotten. */
class BackendQueuesTest {
    private final ManualTime time = new ManualTime(Long.MAX_VALUE - 1_000_000);
    private final QueueExecutor executor = new QueueExecutor();
    private final BackendQueues queues = new BackendQueues(new Clocks(time, this::look, time), executor);
    private Duration lookTakes = Duration.ZERO;
    private final List<Visitor> all = new ArrayList<>();

    /** The time, which advances with every reading. */
    private long look() {
        long now = time.nanos();
        time.jump(lookTakes);
        return now;
    }

    /** A request that does what the test says. */
    private final class Visitor implements Admission.Holder {
        private Admission turn;
        private Backend at;
        private boolean through;
        private Admission.Why why;
        private int endings;

        Visitor(Route route) {
            all.add(this);
            Admission mine = queues.enter(route, this);
            turn = mine;
        }

        @Override
        public void onAdmitted(Admission mine, Backend backend) {
            turn = mine;
            assertEquals(null, at);
            assertEquals(0, endings);
            at = backend;
            for (Visitor other : all) assertFalse(other.isBefore(mine));
        }

        @Override
        public void onRefused(Admission.Why reason) {
            assertEquals(null, at);
            why = reason;
            endings++;
        }

        void reached() {
            through = true;
            queues.reached(turn);
        }

        void misses() {
            outside();
            queues.missed(turn);
        }

        void fails() {
            outside();
            queues.missed(turn);
        }

        void leaves() {
            outside();
            endings++;
            queues.left(turn);
        }

        void withdraws() {
            endings++;
            queues.withdraw(turn);
        }

        /** Whether it is in the same queue, arrived earlier, and has not been admitted yet. */
        private boolean isBefore(Admission one) {
            return at == null
                    && endings == 0
                    && turn != null
                    && turn.queue == one.queue
                    && turn.number < one.number
                    && turn.attempts == 0;
        }

        private void outside() {
            at = null;
            through = false;
        }
    }

    private static final Route.Health HEALTH = new Route.Health("/health", Duration.ofSeconds(5));

    private void healed(Backend backend, boolean well) {
        queues.healed(backend.target, HEALTH, well);
    }

    private static Route route(String targets) {
        RoutesFile.Parsed parsed = RoutesFile.parse(Path.of(""), List.of("* " + targets));
        assertEquals(List.of(), parsed.problems());
        return parsed.routes().get(0);
    }

    private Backend backend(Route route, int i) {
        return queues.backend(route.targets().get(i));
    }

    private Visitor visitor(Route route) {
        return new Visitor(route);
    }

    private List<Visitor> visitors(int count, Route route) {
        List<Visitor> some = new ArrayList<>();
        for (int i = 0; i < count; i++) some.add(visitor(route));
        return some;
    }

    private void pass(Duration step) {
        time.advance(step);
        executor.runAll();
    }

    @Test
    void oneAtATimeInOrderOfComing() {
        Route route = route("a:1,concurrency=1,try_duration=10");
        List<Visitor> some = visitors(3, route);

        for (int i = 0; i < 3; i++) {
            for (int j = i + 1; j < 3; j++) assertEquals(null, some.get(j).at);
            some.get(i).reached();
            some.get(i).leaves();
            executor.runAll();
        }
        assertEquals(0, backend(route, 0).active());
        assertEquals(0, queues.waiting());
        assertEquals(0, time.waiting());
    }

    @Test
    void oneTriesABackendThatIsAwayAndTheOthersFollowWhenItIsBack() {
        Route route = route("a:1,try_duration=10,try_interval=0.1");
        List<Visitor> some = visitors(8, route);
        some.get(0).misses();
        for (Visitor other : some.subList(1, 8)) other.misses();
        executor.runAll();
        assertEquals(8, queues.waiting());

        pass(Duration.ofMillis(100));
        assertEquals(7, queues.waiting());
        some.get(0).misses();
        pass(Duration.ofMillis(99));
        assertEquals(8, queues.waiting());
        pass(Duration.ofMillis(1));
        some.get(0).reached();
        executor.runAll();
        assertEquals(5, queues.waiting());
        assertTrue(some.get(1).at != null && some.get(2).at != null);
        some.get(1).reached();
        executor.runAll();
        assertEquals(2, queues.waiting());
    }

    @Test
    void aRetryThatFallsDueDuringALookIsNotForgotten() {
        Route route = route("a:1,try_duration=10,try_interval=0.001");
        for (int micros = 1; micros < 1_500; micros += 7) {
            lookTakes = Duration.ofNanos(micros * 1_000L);
            Visitor visitor = visitor(route);
            visitor.misses();
            pass(Duration.ofMillis(20));
            assertTrue(visitor.at != null, "a look took " + micros);
            visitor.reached();
            visitor.leaves();
            executor.runAll();
        }
    }

    @Test
    void anAbandonedAttemptDoesNotMarkABackendUp() {
        Route route = route("a:1,try_duration=10,try_interval=0.1");
        List<Visitor> some = visitors(3, route);
        some.forEach(Visitor::misses);
        pass(Duration.ofMillis(100));
        some.get(0).leaves();
        executor.runAll();

        assertFalse(backend(route, 0).isUp());
        assertEquals(1, queues.waiting());
        assertTrue(some.get(1).at != null);
    }

    @Test
    void aRequestThatHasTriedAllTargetsDoesNotBlockAFreeBackend() {
        Route route = route("a:1,concurrency=1 b:1");
        Visitor first = visitor(route), second = visitor(route);
        first.misses();
        executor.runAll();
        assertEquals(null, first.at);
        Visitor third = visitor(route);

        assertEquals(backend(route, 0), third.at, "it may as well try the one that was away");
        third.reached();
        third.leaves();
        second.reached();
        second.leaves();
        executor.runAll();
        assertEquals(backend(route, 1), first.at);
    }

    @Test
    void aRetryGoesBackToALiveBackendRatherThanWaitForAnother() {
        Route route = route("a:1,try_duration=10,try_interval=0.1 b:1");
        Visitor both = visitor(route);
        both.misses();
        executor.runAll();
        assertEquals(backend(route, 1), both.at);
        both.misses();
        healed(backend(route, 1), false);
        pass(Duration.ofMillis(100));
        assertEquals(backend(route, 0), both.at);
    }

    @Test
    void linesForTheSameBackendAreServedInOneOrder() {
        Route one = route("a:1,concurrency=1,try_duration=10"), two = route("a:1,concurrency=1,try_duration=11");
        List<Visitor> some = new ArrayList<>();
        for (int i = 0; i < 10; i++) some.add(visitor(i % 3 == 0 ? one : two));
        for (Visitor next : some) {
            assertEquals(backend(one, 0), next.at);
            next.leaves();
            executor.runAll();
        }
    }

    @Test
    void targetsAtOneAddressAreOneBackendForTheirNumber() {
        Route one = route("a:1,concurrency=1,try_duration=10"),
                two = route("a:1,concurrency=1,try_duration=10,host=b,sub=c");
        Visitor in = visitor(one), waits = visitor(two);
        assertEquals(null, waits.at);
        in.leaves();
        executor.runAll();

        assertEquals(backend(two, 0), waits.at);
        assertEquals(1, backend(one, 0).active());
        waits.leaves();
        queues.keep(List.of(two));
        assertEquals(0, backend(one, 0).active());
    }

    @Test
    void aWithdrawnRequestLeavesTheQueue() {
        Route route = route("a:1,concurrency=1,try_duration=10,max_waiting=1");
        Visitor in = visitor(route), gone = visitor(route);
        assertEquals(Admission.Why.FULL, visitor(route).why);
        gone.withdraws();
        Visitor next = visitor(route);

        in.leaves();
        executor.runAll();
        assertEquals(null, gone.at);
        assertTrue(next.at != null);
    }

    @Test
    void theDeadlineReportsBusyOrUnreached() {
        Route busy = route("a:1,concurrency=1,try_duration=1"), away = route("b:1,try_duration=1,try_interval=60");
        visitor(busy);
        Visitor waits = visitor(busy), missed = visitor(away);
        missed.misses();
        Visitor late = visitor(away);
        pass(Duration.ofSeconds(1));

        assertEquals(Admission.Why.BUSY, waits.why);
        assertEquals(Admission.Why.UNREACHED, missed.why);
        assertEquals(Admission.Why.UNREACHED, late.why);
    }

    @Test
    void noMoreIsTriedThanMay() {
        Route route = route("a:1,try_duration=10,try_interval=0.1,retries=2");
        Visitor visitor = visitor(route);
        for (int i = 0; i < 3; i++) {
            assertEquals(null, visitor.why);
            visitor.misses();
            pass(Duration.ofMillis(100));
        }
        assertEquals(Admission.Why.UNREACHED, visitor.why);
    }

    @Test
    void onlyARequestThatMayWaitIsQueuedForAnUnhealthyBackend() {
        Route patient = route("a:1,try_duration=10"), other = route("a:1");
        healed(backend(patient, 0), false);
        Visitor waits = visitor(patient);
        assertEquals(Admission.Why.UNREACHED, visitor(other).why);
        assertEquals(null, waits.at);
        healed(backend(patient, 0), true);
        executor.runAll();
        assertTrue(waits.at != null);
    }

    @Test
    void aBackendThatFailsAnyCheckIsUnhealthy() {
        Route route = route("a:1,try_duration=10");
        Target target = route.targets().get(0);
        Route.Health other = new Route.Health("/other", Duration.ofSeconds(1));
        queues.healed(target, HEALTH, false);
        queues.healed(target, other, false);
        Visitor waits = visitor(route);
        queues.healed(target, HEALTH, true);
        executor.runAll();
        assertEquals(null, waits.at);
        queues.healed(target, other, true);
        executor.runAll();
        assertTrue(waits.at != null);
    }

    @Test
    void anAdmittedRequestKeepsItsQueueAndBackendWhenTheRoutesChange() {
        Route route = route("a:1,concurrency=1,try_duration=10,try_interval=0.1");
        Visitor in = visitor(route);
        Backend before = backend(route, 0);
        queues.keep(List.of());
        in.misses();
        pass(Duration.ofMillis(100));
        assertEquals(before, in.at);
        in.leaves();
        assertTrue(before != backend(route, 0), "it is forgotten by itself");
    }

    @Test
    void aBackendReachedOnlyByAnOldRouteIsForgottenToo() {
        Route full = route("a:1,max_waiting=0,concurrency=1,try_duration=1"), away = route("b:1");
        queues.keep(List.of());
        Visitor in = visitor(full), refused = visitor(full), missed = visitor(away);
        Backend busy = in.at, unreached = missed.at;
        missed.misses();
        in.leaves();
        executor.runAll();

        assertEquals(Admission.Why.FULL, refused.why);
        assertEquals(Admission.Why.UNREACHED, missed.why);
        assertTrue(busy != backend(full, 0) && unreached != backend(away, 0));
    }

    @Test
    void aRouteThatIsWaitedForInAnotherWayKeepsWhatIsKnownOfItsBackends() {
        Route before = route("a:1,try_duration=1"), after = route("a:1,try_duration=2"), other = route("c:1 b:1");
        visitor(before).leaves();
        visitor(other).leaves();
        Backend known = backend(before, 0), gone = backend(other, 1);
        queues.keep(List.of(after));

        assertEquals(known, backend(after, 0));
        assertTrue(gone != backend(other, 1));
    }

    @Test
    void whenItClosesNobodyWaitsAnyMore() {
        Route route = route("a:1,concurrency=1,try_duration=10");
        Visitor in = visitor(route), waits = visitor(route);
        queues.close();
        assertEquals(Admission.Why.CLOSED, waits.why);
        assertEquals(Admission.Why.CLOSED, visitor(route).why);
        in.misses();
        executor.runAll();
        assertEquals(Admission.Why.CLOSED, in.why);
        assertEquals(0, time.waiting());
    }

    @Test
    void lateCallsOnAnAdmissionChangeNothing() {
        Route route = route("a:1,try_duration=10");
        Visitor visitor = visitor(route);
        visitor.leaves();
        queues.left(visitor.turn);
        queues.reached(visitor.turn);
        queues.missed(visitor.turn);
        queues.missed(visitor.turn);
        queues.again(visitor.turn);
        queues.withdraw(visitor.turn);
        queues.leftUnreached(visitor.turn);
        executor.runAll();
        assertEquals(0, backend(route, 0).active());
        assertEquals(0, backend(route, 0).connecting());
        assertTrue(backend(route, 0).isUp());
        assertEquals(0, queues.waiting());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void everyVisitorEndsExactlyOnce(long seed) {
        Random random = new Random(seed);
        String patience = "concurrency=" + random.nextInt(4) + ",max_waiting=" + (5 + random.nextInt(50));
        List<Route> routes = List.of(
                route("a:1," + patience + ",try_duration=5,try_interval=0.05"),
                route("a:1," + patience + ",try_duration=3,try_interval=0.01,retries=4,policy=round_robin b:1"),
                route("b:1," + patience),
                route("c:1," + patience + ",policy=round_robin a:1,sub=x"));
        for (int i = 0; i < 3_000; i++) {
            step(random, routes);
            executor.runAll();
            check(routes);
        }
        for (Backend backend : backends(routes)) healed(backend, true);
        for (int i = 0; i < 1_000 && all.stream().anyMatch(one -> one.endings == 0); i++) {
            pass(Duration.ofMillis(50));
            for (Visitor one : inside()) one.leaves();
        }
        executor.runAll();
        assertTrue(all.stream().allMatch(one -> one.endings == 1));
        check(routes);
        assertEquals(0, queues.waiting());
        assertEquals(0, time.waiting());
    }

    private void step(Random random, List<Route> routes) {
        List<Visitor> inside = inside();
        Visitor one = inside.isEmpty() ? null : inside.get(random.nextInt(inside.size()));
        List<Visitor> outside =
                all.stream().filter(v -> v.at == null && v.endings == 0).toList();
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> visitor(routes.get(random.nextInt(routes.size())));
            case 3 -> time.advance(Duration.ofMillis(random.nextInt(100)));
            case 4 -> {
                if (!outside.isEmpty())
                    outside.get(random.nextInt(outside.size())).withdraws();
            }
            case 5 -> {
                List<Backend> backends = backends(routes);
                healed(backends.get(random.nextInt(backends.size())), random.nextInt(3) > 0);
            }
            default -> {
                if (one != null) move(random, one);
            }
        }
        if (random.nextInt(100) == 0) queues.keep(routes.subList(0, random.nextInt(routes.size())));
    }

    private void move(Random random, Visitor one) {
        if (!one.through && random.nextInt(3) == 0) one.misses();
        else if (!one.through && random.nextInt(8) > 0) one.reached();
        else if (one.through && random.nextInt(5) == 0) one.fails();
        else if (one.through && random.nextInt(5) == 0) {
            one.through = false;
            queues.again(one.turn);
        } else one.leaves();
    }

    private List<Visitor> inside() {
        return all.stream().filter(one -> one.at != null).toList();
    }

    private List<Backend> backends(List<Route> routes) {
        return routes.stream()
                .flatMap(route -> route.targets().stream())
                .distinct()
                .map(queues::backend)
                .toList();
    }

    private void check(List<Route> routes) {
        for (Backend backend : backends(routes)) {
            List<Visitor> there = all.stream().filter(one -> one.at == backend).toList();
            assertEquals(
                    all.stream()
                            .filter(one -> one.at != null && one.at.address == backend.address)
                            .count(),
                    backend.active());
            assertEquals(there.stream().filter(one -> !one.through).count(), backend.connecting());
        }
        assertEquals(
                all.stream().filter(one -> one.at == null && one.endings == 0).count(), queues.waiting());
        assertTrue(all.stream().allMatch(one -> one.endings <= 1));
        checkNobodyWaitsInVain(routes);
    }

    /** Of the requests that may go to any target, and have not been at any, none waits while there is room. */
    private void checkNobodyWaitsInVain(List<Route> routes) {
        long now = time.nanos();
        List<Visitor> waiting =
                all.stream().filter(one -> one.at == null && one.endings == 0).toList();
        for (Route route : routes)
            for (Target target : route.targets()) {
                Backend backend = queues.backend(target);
                if (!backend.isFree(route.patience().concurrency(), now)) continue;
                for (Visitor one : waiting)
                    assertFalse(one.turn.attempts == 0
                            && one.turn.queue.patience.equals(route.patience())
                            && one.turn.queue.isFor(backend));
            }
    }
}
