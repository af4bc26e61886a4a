// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.http.message.Headers;
import io.holdfast.http.message.JsonInput;
import io.holdfast.jobs.Job.State;
import io.holdfast.testing.JsonCases;
import io.holdfast.work.relay.Order;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The life of a job: which steps are possible, and which are not any more. */
class JobTest {
    private static final String HOME = "home", OTHER = "other";
    private static final long HOLD = 60_000;
    private static final Job.Retries RETRIES = new Job.Retries(3, 1_000, HOLD);

    private static Job job(String method) {
        Order order = new Order("j", "q", method, "/", Headers.of("A", "b"), false, -1, 3);
        boolean repeatable = order.mayRepeat(false);
        return Job.of(new Job.Request(order, "n", "", repeatable, null, 1_000, false), HOME, HOLD);
    }

    private static Job.Response response(int status) {
        return new Job.Response(status, Headers.NONE, new Job.Kept("b", 1, 1));
    }

    private static Job running(String method) {
        return job(method).taken(HOME, 1, 2_000);
    }

    @Test
    void onlyAJobThatHasEndedAndHadNoKeyIsMarkedAsRead() {
        Job running = running("PUT"), done = running.answered(HOME, 2, response(200), 3_000);
        Job read = done.read(4_000);

        assertEquals(4_000, read.readAt());
        assertEquals(done.version(), read.version(), "nobody who waits is told");
        assertEquals(4_000, read.read(5_000).readAt());
        assertEquals(0, running.read(4_000).readAt());
        assertEquals(0, Job.NONE.read(4_000).readAt());
        Job dead = running.failed(HOME, 2, "no", null, new Job.Retries(1, 1, HOLD), 3_000);
        assertEquals(State.DEAD, dead.state());
        assertEquals(0, dead.read(4_000).readAt(), "it is left to an operator");
        assertTrue(new Job.ReadBefore(4_001, 1_001).matches(read));
        assertFalse(new Job.ReadBefore(4_000, 1_001).matches(read));
        assertFalse(new Job.ReadBefore(4_001, 1_000).matches(read), "it may be created once more");
        assertFalse(new Job.ReadBefore(4_001, 1_001).matches(done));
    }

    @Test
    void aJobIsQueuedThenRunningThenAnswered() {
        Job queued = job("POST");
        Job running = queued.taken(HOME, 1, 2_000);
        Job done = running.answered(HOME, 2, response(201), 3_000);

        assertEquals(State.QUEUED, queued.state());
        assertEquals(1_000 + HOLD, queued.until());
        assertEquals(State.RUNNING, running.state());
        assertEquals(1, running.attempts());
        assertEquals(State.SUCCEEDED, done.state());
        assertEquals(List.of(1L, 2L, 3L), List.of(queued.version(), running.version(), done.version()));
        assertEquals(3_000, done.updated());
    }

    @ParameterizedTest
    @CsvSource({"200,SUCCEEDED", "304,SUCCEEDED", "499,SUCCEEDED", "500,FAILED", "501,FAILED"})
    void howItEndedIsInTheStatus(int status, State state) {
        assertEquals(
                state, running("GET").answered(HOME, 2, response(status), 3_000).state());
    }

    @Test
    void stepsOfAHomeThatIsNotItAnyMoreOrKnowsOldThingsChangeNothing() {
        Job queued = job("GET"), running = running("GET");
        byte[] text = {'1'};

        assertSame(queued, queued.taken(OTHER, 1, 2_000));
        assertSame(queued, queued.taken(HOME, 2, 2_000));
        assertSame(queued, queued.answered(HOME, 1, response(200), 2_000));
        assertSame(running, running.taken(HOME, 1, 2_000), "said twice");
        assertSame(running, running.answered(OTHER, 2, response(200), 2_000));
        assertSame(running, running.answered(HOME, 1, response(200), 2_000));
        assertSame(running, running.failed(HOME, 1, "", null, RETRIES, 2_000));
        assertSame(running, running.expired(HOME, 2, 2_000));
        assertSame(running, running.returned(OTHER, 2, null, 2_000));
        assertSame(running, running.progressed(HOME, 1, 1, text, 2_000));
        Job adopted = running.adopted(OTHER, 2, RETRIES, 3_000);
        assertSame(adopted, adopted.answered(HOME, 2, response(200), 4_000), "a frozen home has woken up");
        assertSame(adopted, adopted.adopted(HOME, 2, RETRIES, 4_000));
    }

    @Test
    void aWorkerThatWasNotThereDoesNotCount() {
        Job back = running("POST").returned(HOME, 2, null, 3_000);

        assertEquals(State.QUEUED, back.state());
        assertEquals(0, back.attempts());
        assertEquals(1, back.taken(HOME, 3, 4_000).attempts());
    }

    @Test
    void itIsTriedAgainAfterAPauseThatDoublesAndThenDead() {
        Job once = running("GET").failed(HOME, 2, "why", null, RETRIES, 10_000);
        Job twice = once.taken(HOME, 3, 20_000).failed(HOME, 4, "why", null, RETRIES, 20_000);
        Job dead = twice.taken(HOME, 5, 30_000).failed(HOME, 6, "why", response(503), RETRIES, 30_000);

        assertEquals(List.of(State.QUEUED, 11_000L), List.of(once.state(), once.due()));
        assertEquals(11_000 + HOLD, once.until());
        assertEquals(List.of(State.QUEUED, 22_000L), List.of(twice.state(), twice.due()));
        assertEquals(State.DEAD, dead.state());
        assertEquals(3, dead.attempts());
        assertEquals(response(503), dead.response());
        assertEquals("why", dead.detail());
    }

    @Test
    void thePauseIsNeverLongerThanAnHour() {
        Job.Retries often = new Job.Retries(1_000, 3_600_000, HOLD);
        Job job = job("GET");
        for (int i = 0; i < 100; i++)
            job = job.taken(HOME, job.term(), 0).failed(HOME, job.term() + 1, "", null, often, 0);

        assertEquals(100, job.attempts());
        assertEquals(3_600_000, job.due());
    }

    @Test
    void aRequestThatMayNotBeRepeatedIsDeadAfterOneAttempt() {
        assertEquals(
                State.DEAD,
                running("POST").failed(HOME, 2, "", null, RETRIES, 3_000).state());
        assertEquals(
                State.DEAD, running("POST").adopted(OTHER, 2, RETRIES, 3_000).state());
    }

    @Test
    void anotherHomeTakesItUpWhereItWas() {
        Job queued = job("POST").adopted(OTHER, 1, RETRIES, 5_000);
        Job running = running("GET").adopted(OTHER, 2, RETRIES, 5_000);

        assertEquals(List.of(State.QUEUED, OTHER, 0), List.of(queued.state(), queued.home(), queued.attempts()));
        assertEquals(1_000 + HOLD, queued.until(), "it waits no longer for that");
        assertEquals(List.of(State.QUEUED, OTHER, 1), List.of(running.state(), running.home(), running.attempts()));
        assertEquals(6_000, running.due());
        assertTrue(queued.version() > job("POST").version());
    }

    @Test
    void progressIsTheNewestAndOfThisTimeOnly() {
        byte[] one = "1".getBytes(StandardCharsets.UTF_8), two = "2".getBytes(StandardCharsets.UTF_8);
        Job second = running("GET").progressed(HOME, 2, 1, one, 3_000).progressed(HOME, 2, 2, two, 3_000);

        assertArrayEquals(two, second.progress());
        assertSame(second, second.progressed(HOME, 2, 1, one, 4_000), "late");
        assertEquals(4, second.version());
        Job again = second.failed(HOME, 2, "", null, RETRIES, 5_000).taken(HOME, 3, 6_000);
        assertEquals(0, again.progress().length);
        assertArrayEquals(one, again.progressed(HOME, 4, 1, one, 7_000).progress());
    }

    @Test
    void anActiveOrDeadJobIsCancelledAndNothingHappensToItAfterwards() {
        for (Job job : List.of(job("GET"), running("GET"), running("POST").failed(HOME, 2, "", null, RETRIES, 3_000))) {
            Job cancelled = job.cancelled("", 4_000);
            assertEquals(State.CANCELLED, cancelled.state());
            assertSame(cancelled, cancelled.taken(HOME, cancelled.term(), 5_000));
            assertSame(cancelled, cancelled.answered(HOME, job.term(), response(200), 5_000));
            assertSame(cancelled, cancelled.adopted(OTHER, cancelled.term(), RETRIES, 5_000));
            assertSame(cancelled, cancelled.requeued(OTHER, cancelled.term(), HOLD, 5_000));
        }
        Job done = running("GET").answered(HOME, 2, response(200), 3_000);
        assertSame(done, done.cancelled("", 4_000));
    }

    @Test
    void aJobThatNoWorkerTakesInTimeExpires() {
        Job expired = job("GET").expired(HOME, 1, 99_000);

        assertEquals(State.EXPIRED, expired.state());
        assertSame(expired, expired.taken(HOME, 2, 99_000));
    }

    @Test
    void aJobThatAWorkerMayHaveBegunDoesNotExpire() {
        Job given = running("POST").returned(HOME, 2, "it was not acknowledged", 3_000);
        Job notThere = given.taken(HOME, 3, 4_000).returned(HOME, 4, null, 5_000);
        Job failed = running("GET").failed(HOME, 2, "its worker is gone", null, RETRIES, 3_000);
        Job moved = given.adopted(OTHER, 3, RETRIES, 4_000);
        for (Job job : List.of(given, notThere, failed, moved, failed.joined(given))) {
            assertTrue(job.mayHaveBegun());
            Job ended = job.expired(job.home(), job.term(), 99_000);
            assertEquals(State.DEAD, ended.state());
            assertTrue(ended.detail().contains("may have performed it"), ended.detail());
            Job again = ended.requeued(HOME, ended.term(), HOLD, 100_000);
            assertEquals(State.DEAD, again.expired(HOME, again.term(), 200_000).state(), "it is not forgotten");
            assertTrue(ended.summary().mayHaveBegun());
        }
        for (Job job : List.of(job("POST"), running("POST").returned(HOME, 2, null, 3_000)))
            assertEquals(State.EXPIRED, job.expired(HOME, job.term(), 99_000).state());
    }

    @Test
    void aDeadJobIsQueuedAgainOnceAndCountedAnew() {
        Job dead = running("POST").failed(HOME, 2, "", response(502), RETRIES, 3_000);
        Job again = dead.requeued(OTHER, 3, HOLD, 9_000);

        assertEquals(List.of(State.QUEUED, OTHER, 0), List.of(again.state(), again.home(), again.attempts()));
        assertEquals(9_000 + HOLD, again.until());
        assertEquals(null, again.response());
        assertSame(again, again.requeued(HOME, 3, HOLD, 9_000), "by another operator");
    }

    @Test
    void itIsForgottenSomeTimeAfterItsEnd() {
        Job done = running("GET").answered(HOME, 2, response(200), 3_000);

        assertFalse(done.hasLongEnded(3_100, 100));
        assertTrue(done.hasLongEnded(3_101, 100));
        assertFalse(running("GET").hasLongEnded(1_000_000, 100));
        assertTrue(running("POST").failed(HOME, 2, "", null, RETRIES, 3_000).hasLongEnded(3_101, 100));
    }

    @Test
    void afterASplitTheSideThatWentFurtherCounts() {
        Job running = running("GET");
        Job done = running.answered(HOME, 2, response(200), 3_000);
        Job adopted = running.adopted(OTHER, 2, RETRIES, 3_000).taken(OTHER, 3, 4_000);

        for (Job joined : List.of(done.joined(adopted), adopted.joined(done))) {
            assertEquals(State.SUCCEEDED, joined.state());
            assertTrue(joined.version() > adopted.version() && joined.version() > done.version());
        }
        assertEquals(OTHER, running.joined(adopted).home());
        assertEquals(
                State.CANCELLED, adopted.joined(running.cancelled("", 9_000)).state());
        assertEquals(running.version(), running.joined(running).version());
    }

    @Test
    void aJobAdoptedOnBothSidesOfASplitHasOneHome() {
        Job one = running("GET").adopted(HOME, 2, RETRIES, 3_000),
                other = running("GET").adopted(OTHER, 2, RETRIES, 3_000);

        assertEquals(one.joined(other).home(), other.joined(one).home());
    }

    @Test
    void onlyCreateChangesAJobThatDoesNotExist() {
        Job none = Job.NONE, created = job("GET");
        for (JobStep step : List.of(
                new JobStep.Look(),
                new JobStep.Take("", 0),
                new JobStep.PutBack("", 0, null),
                new JobStep.Report("", 0, 1, new byte[1]),
                new JobStep.Answer("", 0, response(200)),
                new JobStep.Fail("", 0, "", null, RETRIES),
                new JobStep.Expire("", 0),
                new JobStep.Cancel("why"),
                new JobStep.Requeue("", 0, HOLD),
                new JobStep.Adopt("", 0, RETRIES))) assertSame(none, step.apply(none, 2_000), step.toString());
        assertFalse(none.exists());

        assertSame(created, new JobStep.Create(created, true).apply(none, 2_000));
        Job running = running("GET");
        assertSame(running, new JobStep.Create(created, true).apply(running, 2_000), "it exists");
    }

    @Test
    void eachStepIsItsChange() {
        Job queued = job("GET"), running = running("GET");
        byte[] report = {'1'};

        assertEquals(
                State.RUNNING, new JobStep.Take(HOME, 1).apply(queued, 2_000).state());
        assertEquals(
                State.QUEUED,
                new JobStep.PutBack(HOME, 2, null).apply(running, 3_000).state());
        assertArrayEquals(
                report,
                new JobStep.Report(HOME, 2, 1, report).apply(running, 3_000).progress());
        assertEquals(
                State.SUCCEEDED,
                new JobStep.Answer(HOME, 2, response(200)).apply(running, 3_000).state());
        Job failed = new JobStep.Fail(HOME, 2, "why", null, RETRIES).apply(running, 3_000);
        assertEquals(List.of(State.QUEUED, "why"), List.of(failed.state(), failed.detail()));
        assertEquals(
                State.EXPIRED, new JobStep.Expire(HOME, 1).apply(queued, 3_000).state());
        assertEquals("why", new JobStep.Cancel("why").apply(queued, 3_000).detail());
        Job dead = running("POST").failed(HOME, 2, "", null, RETRIES, 3_000);
        assertEquals(
                9_000 + HOLD,
                new JobStep.Requeue(OTHER, 3, HOLD).apply(dead, 9_000).until());
        assertEquals(
                OTHER,
                new JobStep.Adopt(OTHER, 2, RETRIES).apply(running, 3_000).home());
    }

    @Test
    void aListHasNothingLong() {
        Job job = running("GET").progressed(HOME, 2, 1, new byte[1_000], 3_000);

        assertEquals(0, job.summary().progress().length);
        assertEquals(Headers.NONE, job.summary().request().order().headers());
        assertEquals(job.version(), job.summary().version());
    }

    @Test
    void textThatIsNotJsonIsAString() {
        assertEquals("{\"percent\":40}", progress(" {\"percent\":40}\n"));
        assertEquals("\"4\\\"0%\"", progress("4\"0%"));
        assertEquals("\"\"", progress(""));
        assertEquals("\"[1\"", progress("[1"));
        assertEquals("\"1 2\"", progress("1 2"));
        assertEquals("true", progress("true"));
    }

    private static String progress(String text) {
        return new String(Progress.json(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("io.holdfast.testing.JsonCases#all")
    void anyProgressIsJsonInTheEnd(JsonCases.Case each) {
        String json = new String(Progress.json(each.bytes()), StandardCharsets.UTF_8);

        assertTrue(JsonInput.isJson(json), json);
        boolean valid = each.kind() != JsonCases.Kind.NOT_JSON && each.kind() != JsonCases.Kind.NOT_UTF_8;
        if (valid) assertEquals(new String(each.bytes(), StandardCharsets.UTF_8).strip(), json);
    }
}
