// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.camera.Camera.Command;
import io.holdfast.camera.CameraRefusal.Why;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Clocks;
import io.holdfast.waiter.Sink;
import io.holdfast.waiter.Waiter;
import io.holdfast.waiter.Waiters;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** The commands for cameras that were sent to this member, and the replies that came to it. */
final class Commands {
    private final Changes changes;
    private final Waiters waiters;
    private final Clocks clocks;
    private final String me;
    private final AtomicLong count = new AtomicLong();

    Commands(Kernel kernel, Changes changes) {
        this.changes = changes;
        this.waiters = kernel.waiters();
        this.clocks = kernel.clocks();
        this.me = kernel.cluster().signals().name();
    }

    /** A name for a command. */
    String newId() {
        return me + "-" + count.incrementAndGet();
    }

    /** Gives the camera a command. The sink is given the camera with its reply; the stage has the waiter. */
    CompletionStage<Waiter<Camera>> send(String name, String id, byte[] body, Duration wait, Sink<Camera> sink) {
        long until = clocks.cluster().millis() + wait.toMillis();
        Waiter<Camera> waiter =
                waiters.hold(Changes.key(Changes.COMMANDS, name), wait, camera -> hasReply(camera, id), sink);
        if (waiter.hasEnded()) return CompletableFuture.completedFuture(waiter);
        return changes.step(name, new CameraStep.AddCommand(id, body, until))
                .whenComplete((camera, error) -> {
                    if (camera == null || camera.command(id).isEmpty()) waiter.gone();
                })
                .thenApply(camera -> {
                    if (camera.command(id).isEmpty())
                        throw new CameraRefusal(
                                Why.TOO_MANY_COMMANDS,
                                "the camera has " + Camera.MOST_COMMANDS + " commands to do already");
                    changes.publish(name, camera, changes.isDueElsewhere(camera));
                    return waiter;
                });
    }

    private static boolean hasReply(Camera camera, String id) {
        return camera.command(id).filter(command -> command.reply() != null).isPresent();
    }

    /** Takes the camera's reply to a command; the stage says whether the command is known, so that somebody may wait for it. */
    CompletionStage<Boolean> reply(String name, String id, byte[] reply) {
        return changes.step(name, new CameraStep.Reply(id, reply)).thenApply(camera -> {
            changes.publish(name, camera, true);
            return camera.command(id).isPresent();
        });
    }

    /** Forgets a command whose sender has its reply. */
    void remove(String name, String id) {
        changes.stepLater(name, new CameraStep.RemoveCommand(id));
    }

    /** Withdraws a command whose sender has stopped waiting. The stage has the command, or nothing if the camera never got it. */
    CompletionStage<Optional<Command>> withdraw(String name, String id) {
        return changes.step(name, new CameraStep.WithdrawCommand(id)).thenApply(camera -> camera.command(id));
    }
}
