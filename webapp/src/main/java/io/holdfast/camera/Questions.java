// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.kernel.Kernel;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Waiter;
import io.holdfast.waiter.Waiters;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** The questions for logs that were asked at this member. */
final class Questions {
    private final Changes changes;
    private final CameraOptions options;
    private final Waiters waiters;
    private final String me;
    /** By camera, how many requests are asking and do not wait yet. */
    private final ConcurrentHashMap<String, Integer> asking = new ConcurrentHashMap<>();
    /** By camera, the newest question from here, while somebody waits for its answer. */
    private final ConcurrentHashMap<String, Long> newest = new ConcurrentHashMap<>();

    Questions(Kernel kernel, Changes changes, CameraOptions options) {
        this.changes = changes;
        this.options = options;
        this.waiters = kernel.waiters();
        this.me = kernel.cluster().signals().name();
    }

    /** The response to a request for logs. */
    interface AnswerSink {
        /** Ends the wait for the answer to that question; returns false if the client is gone. */
        boolean end(Outcome<Camera> outcome, long question);
    }

    /**
     * Asks for logs. The sink is given the camera with a dump that {@linkplain Camera#answerTo answers} the question; the stage has
     * the waiter.
     */
    CompletionStage<Waiter<Camera>> ask(String name, Duration wait, AnswerSink sink) {
        asking.merge(name, 1, Integer::sum);
        return changes.step(name, new CameraStep.Ask(me, changes.until(wait)))
                .thenApply(camera -> {
                    Waiter<Camera> waiter = await(name, camera.asked(), wait, sink);
                    changes.publish(name, camera, changes.isDueElsewhere(camera));
                    // Race: a dump against the waiter above; one that came before the waiter is found by this read.
                    if (!waiter.hasEnded()) changes.refresh(name);
                    return waiter;
                })
                .whenComplete((waiter, error) -> {
                    asking.computeIfPresent(name, (same, count) -> count == 1 ? null : count - 1);
                    if (waiter == null || waiter.hasEnded()) stopIfUnwanted(name, 0);
                });
    }

    private Waiter<Camera> await(String name, long question, Duration wait, AnswerSink sink) {
        newest.merge(name, question, Math::max);
        return waiters.hold(
                Changes.key(Changes.LOGS, name),
                wait,
                camera -> camera.answerTo(question).isPresent(),
                outcome -> {
                    Camera camera = outcome.state();
                    stopIfUnwanted(name, camera == null ? 0 : camera.answered());
                    return sink.end(outcome, question);
                });
    }

    /** If nobody waits here any more, withdraws the questions from here that are not answered; those asked meanwhile stay. */
    private void stopIfUnwanted(String name, long answered) {
        Long question = newest.get(name);
        if (question == null || waiters.waiting(Changes.key(Changes.LOGS, name)) > 0 || asking.containsKey(name))
            return;
        newest.remove(name, question);
        if (question > answered) changes.stepLater(name, new CameraStep.StopAsking(me, question));
    }

    /** Asks once more: the cluster has lost the question, or the requests that said how long they wait are gone. */
    void askAgain(String name) {
        CompletionStage<Camera> asked = changes.step(name, new CameraStep.Ask(me, changes.until(options.hold())));
        changes.leaveToSweep(asked.thenAccept(camera -> {
            newest.merge(name, camera.asked(), Math::max);
            stopIfUnwanted(name, 0);
            changes.publish(name, camera, changes.isDueElsewhere(camera));
        }));
    }
}
