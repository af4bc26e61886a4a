// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.ManualTime;
import io.holdfast.testing.Ports;
import io.holdfast.testing.RecordingSink;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Waiter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a question exists, by a clock that the test turns: not longer than a user waits for its answer. */
class QuestionTimesIT {
    private static final Duration SECOND = Duration.ofSeconds(1), SWEEP = Duration.ofMillis(500);

    private final ManualTime time = new ManualTime();
    private Studio studio;

    @BeforeEach
    void start() {
        studio = new Studio(Map.of("cluster.port", Integer.toString(Ports.free())), 1_000_000, time);
        studio.cameras.open(SWEEP);
    }

    @AfterEach
    void stop() {
        studio.close();
    }

    private CompletableFuture<Waiter<Camera>> ask(Duration wait, RecordingSink<Camera> sink) {
        return studio.cameras
                .questions()
                .ask("default", wait, (outcome, question) -> sink.end(outcome))
                .toCompletableFuture();
    }

    /** Lets a second pass, in which sweeps check and have all effects that they may have. */
    private void second() throws Exception {
        for (int i = 0; i < 2; i++) {
            studio.pass(SWEEP);
            for (int round = 0; round < 3; round++) studio.camera();
        }
    }

    private void nobodyAsks() throws Exception {
        studio.settle();
        assertEquals(List.of(), studio.camera().askers());
    }

    @Test
    void aQuestionThatTheClusterTookLongToHearIsOverWithItsWait() throws Exception {
        CountDownLatch heard = new CountDownLatch(1);
        RecordingSink<Camera> sink = new RecordingSink<>();
        var unused = studio.executor.submit(() -> {
            heard.await();
            return true;
        });
        CompletableFuture<Waiter<Camera>> asking = ask(SECOND.multipliedBy(3), sink);
        time.advance(SECOND.multipliedBy(4));
        heard.countDown();
        asking.get();
        second();
        assertTrue(sink.isHeld());
        second();
        second();
        second();
        assertEquals(Ending.TIMED_OUT, sink.ending());
        nobodyAsks();
    }

    @Test
    void aQuestionThatHadToBeAskedAgainIsOverWhenItsClientLeaves() throws Exception {
        RecordingSink<Camera> sink = new RecordingSink<>();
        Waiter<Camera> waiter = ask(Duration.ofMinutes(1), sink).get();
        studio.cluster.map(CameraWire.MAP).clear();
        second();
        await("it is asked again").until(() -> !studio.camera().askers().isEmpty());
        waiter.gone();
        nobodyAsks();
    }

    @Test
    void theLastUserToLeaveWithdrawsAllQuestionsWhicheverWasLast() throws Exception {
        RecordingSink<Camera> patient = new RecordingSink<>(), brief = new RecordingSink<>();
        ask(SECOND.multipliedBy(3), patient).get();
        ask(SECOND, brief).get();
        second();
        assertEquals(Ending.TIMED_OUT, brief.ending());
        assertFalse(studio.camera().askers().isEmpty(), "one waits");
        second();
        second();
        assertEquals(Ending.TIMED_OUT, patient.ending());
        nobodyAsks();
    }
}
