// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.camera.Camera.Asker;
import io.holdfast.camera.Camera.Change;
import io.holdfast.camera.Camera.Command;
import io.holdfast.camera.Camera.Poll;
import io.holdfast.cluster.RecordWire;
import io.holdfast.cluster.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A change of a camera. */
sealed interface CameraStep extends Step<Camera> {

    /** Their wire forms. */
    static List<RecordWire<?>> wires() {
        return List.of(
                RecordWire.of("camera.look.v1", Look.class),
                RecordWire.of("camera.ask.v1", Ask.class),
                RecordWire.of("camera.stop-asking.v1", StopAsking.class),
                RecordWire.of("camera.start-poll.v1", StartPoll.class),
                RecordWire.of("camera.tell-poll.v1", TellPoll.class),
                RecordWire.of("camera.undo-tell.v1", UndoTell.class),
                RecordWire.of("camera.end-poll.v1", EndPoll.class),
                RecordWire.of("camera.deliver.v1", Deliver.class),
                RecordWire.of("camera.keep-dump.v1", KeepDump.class),
                RecordWire.of("camera.add-command.v1", AddCommand.class),
                RecordWire.of("camera.reply.v1", Reply.class),
                RecordWire.of("camera.withdraw-command.v1", WithdrawCommand.class),
                RecordWire.of("camera.remove-command.v1", RemoveCommand.class));
    }

    /** Changes nothing: the answer of its turn shows the camera. */
    record Look() implements CameraStep {

        @Override
        public Camera apply(Camera camera, long now) {
            return camera;
        }
    }

    /**
     * Somebody asks for logs.
     *
     * @param member where
     * @param until when that one gives up, in epoch milliseconds
     */
    record Ask(String member, long until) implements CameraStep {

        @Override
        public Camera apply(Camera camera, long now) {
            Change change = camera.change();
            change.asked = Math.max(camera.asked() + 1, now);
            long last = until;
            List<Asker> all = new ArrayList<>();
            for (Asker asker : camera.askers())
                if (asker.member().equals(member)) last = Math.max(last, asker.until());
                else all.add(asker);
            all.add(new Asker(member, change.asked, last));
            change.askers = List.copyOf(all);
            return change.made();
        }
    }

    /** At that member, nobody waits any more for the answer to this question or to an earlier one. */
    record StopAsking(String member, long question) implements CameraStep {

        @Override
        public Camera apply(Camera camera, long now) {
            List<Asker> left = camera.askers().stream()
                    .filter(asker -> !asker.member().equals(member) || asker.question() > question)
                    .toList();
            if (left.size() == camera.askers().size()) return camera;
            Change change = camera.change();
            change.askers = left;
            return change.made();
        }
    }

    /**
     * The camera polls.
     *
     * @param member where
     * @param count its number there
     * @param commands whether it takes commands
     * @param until when the poll ends if nothing comes, in epoch milliseconds
     */
    record StartPoll(String member, long count, boolean commands, long until) implements CameraStep {

        @Override
        public Camera apply(Camera camera, long now) {
            Poll held = camera.poll();
            if (held != null && held.member().equals(member) && held.count() >= count) return camera;
            Change change = camera.change();
            change.polls = camera.polls() + 1;
            String former = held == null ? "" : held.member();
            change.poll = new Poll(member, count, change.polls, commands, now, until, former);
            change.present(camera, now);
            return change.made();
        }
    }

    /**
     * Tells the camera what there is for it by the response to that poll, if it is the newest and there is something.
     *
     * @param again how soon the camera is told of the same question again, in milliseconds
     */
    record TellPoll(String poll, long again) implements CameraStep {

        @Override
        public Camera apply(Camera camera, long now) {
            Poll held = camera.poll();
            if (held == null || !held.id().equals(poll) || !camera.isDue(now, again)) return camera;
            Change change = camera.change();
            change.teller = poll;
            change.update = camera.isWanted(now, again);
            if (change.update) {
                change.told = camera.asked();
                change.toldAt = now;
            }
            if (held.commands())
                change.commands = camera.each(command -> command.isNew(now) ? command.withPoll(poll) : command);
            change.poll = null;
            change.seen = now;
            return change.made();
        }
    }

    /** The response to that poll has not reached the camera. */
    record UndoTell(String poll) implements CameraStep {

        @Override
        public Camera apply(Camera camera, long now) {
            if (!camera.isToldTo(poll)) return camera;
            Change change = camera.change();
            change.teller = "";
            if (camera.update()) {
                change.told = Math.min(camera.told(), camera.answered());
                change.toldAt = 0;
            }
            change.commands = camera.each(command -> command.isTakenBy(poll) ? command.withPoll("") : command);
            return change.made();
        }
    }

    /** That poll has ended without a response for the camera. */
    record EndPoll(String poll) implements CameraStep {

        @Override
        public Camera apply(Camera camera, long now) {
            if (!camera.isHeldAs(poll)) return camera;
            Change change = camera.change();
            change.poll = null;
            change.seen = now;
            return change.made();
        }
    }

    /** A dump is being delivered: the camera need not be told again. */
    record Deliver() implements CameraStep {

        @Override
        public Camera apply(Camera camera, long now) {
            Change change = camera.change();
            change.toldAt = now;
            change.present(camera, now);
            return change.made();
        }
    }

    /** A dump was delivered whole. */
    record KeepDump(Dump dump) implements CameraStep {

        @Override
        public Camera apply(Camera camera, long now) {
            Dump last = camera.dump();
            if (last != null && last.id().equals(dump.id())) return camera;
            Change change = camera.change();
            boolean late = dump.answers() < camera.answered();
            change.former = late ? dump : last;
            if (!late) {
                change.dump = dump;
                change.answered = dump.answers();
            }
            return change.made();
        }
    }

    /**
     * Gives the camera a command, unless it has as many to do as it may.
     *
     * @param id its name, never used again
     * @param body JSON
     * @param until when its sender stops waiting for a reply, in epoch milliseconds
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record AddCommand(String id, byte[] body, long until) implements CameraStep {

        @Override
        public Camera apply(Camera camera, long now) {
            List<Command> all = new ArrayList<>(camera.commands());
            long awaited =
                    all.stream().filter(command -> command.isAwaited(now)).count();
            if (awaited >= Camera.MOST_COMMANDS
                    || all.size() >= 2 * Camera.MOST_COMMANDS
                    || camera.command(id).isPresent()) return camera;
            all.add(new Command(id, body, until, "", null));
            Change change = camera.change();
            change.commands = List.copyOf(all);
            return change.made();
        }
    }

    /** The camera replies to a command. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Reply(String id, byte[] reply) implements CameraStep {

        @Override
        public Camera apply(Camera camera, long now) {
            if (camera.command(id).isEmpty()) return camera;
            Change change = camera.change();
            change.commands = camera.each(
                    command -> command.id().equals(id) && command.reply() == null ? command.withReply(reply) : command);
            return change.made();
        }
    }

    /** The sender no longer waits for that command. If the camera has not got it yet, it never gets it. */
    record WithdrawCommand(String id) implements CameraStep {

        @Override
        public Camera apply(Camera camera, long now) {
            return without(
                    camera, command -> command.id().equals(id) && command.poll().isEmpty());
        }
    }

    /** The sender of that command has its reply. */
    record RemoveCommand(String id) implements CameraStep {

        @Override
        public Camera apply(Camera camera, long now) {
            return without(camera, command -> command.id().equals(id));
        }
    }

    private static Camera without(Camera camera, Predicate<Command> removed) {
        List<Command> left = camera.commands().stream().filter(removed.negate()).toList();
        if (left.size() == camera.commands().size()) return camera;
        Change change = camera.change();
        change.commands = left;
        return change.made();
    }
}
