// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.cluster.Applied;
import io.holdfast.cluster.JoinPolicy.Joinable;
import io.holdfast.cluster.Records.Condition;
import io.holdfast.cluster.Records.Preview;
import io.holdfast.cluster.Step;
import io.holdfast.cluster.StepStore.Rules;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A camera as the cluster keeps it. It never changes: each {@linkplain CameraStep step} makes a new one.
 *
 * <p>A question is a user's request for the camera's logs. Questions are numbered by a clock that does not step back. The camera has
 * been told of the questions up to one number, and its last dump answers those up to another.
 *
 * @param asked the newest question
 * @param told the newest question that the camera was told of
 * @param toldAt when it was told, or when its delivery last made progress, in epoch milliseconds
 * @param teller the poll whose response last told the camera something, or empty
 * @param update whether that response said that logs are wanted
 * @param answered the newest question that is answered
 * @param dump the last delivery, if it may still be kept
 * @param former the delivery before it, or one that was too late
 * @param polls how many polls there were
 * @param poll the newest poll, while it is held
 * @param since since when the camera has been present without a pause
 * @param seen when the camera was last present, in epoch milliseconds; 0 if never
 * @param askers the members at which somebody waits for logs
 * @param commands the commands that the camera has yet to get or to do
 * @param done the last turn of each origin
 */
record Camera(
        long asked,
        long told,
        long toldAt,
        String teller,
        boolean update,
        long answered,
        @Nullable Dump dump,
        @Nullable Dump former,
        long polls,
        @Nullable Poll poll,
        long since,
        long seen,
        List<Asker> askers,
        List<Command> commands,
        List<Done> done)
        implements Joinable<Camera> {
    /** A camera that never polled and of which nobody asked anything. */
    static final Camera UNKNOWN =
            new Camera(0, 0, 0, "", false, 0, null, null, 0, null, 0, 0, List.of(), List.of(), List.of());

    static final int MOST_COMMANDS = 64;

    /** A pause between two polls that is longer counts as an absence. */
    private static final long AWAY_MILLIS = 15_000;
    /** How long a command outlives its sender's wait: a reply that comes late is accepted and ignored. */
    private static final long LATE_MILLIS = 60_000;

    /** A dump is kept for so long when room is short. */
    private static final long BRIEF_MILLIS = 2 * 60_000;

    private static final byte[] NOTHING = {};

    /**
     * A poll that is held.
     *
     * @param member the member that holds it
     * @param count its number there
     * @param number its number among the polls of the camera
     * @param commands whether it takes commands
     * @param since when it began, in epoch milliseconds
     * @param until when it ends if nothing comes
     * @param former the member that held the poll it replaced; empty if none was held
     */
    record Poll(String member, long count, long number, boolean commands, long since, long until, String former) {

        String id() {
            return id(member, count);
        }

        static String id(String member, long count) {
            return member + "-" + count;
        }
    }

    /**
     * A member at which somebody waits for logs.
     *
     * @param member its name
     * @param question the newest question there
     * @param until when the last of those who wait there gives up, in epoch milliseconds
     */
    record Asker(String member, long question, long until) {}

    /**
     * A command for the camera.
     *
     * @param id its name, never used again
     * @param body JSON
     * @param until when its sender stops waiting for a reply, in epoch milliseconds
     * @param poll the poll that took it; empty while none has
     * @param reply JSON; null while there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Command(String id, byte[] body, long until, String poll, byte @Nullable [] reply) {

        boolean isNew(long now) {
            return poll.isEmpty() && isAwaited(now);
        }

        boolean isAwaited(long now) {
            return reply == null && now < until;
        }

        boolean isTakenBy(String taker) {
            return poll.equals(taker) && reply == null;
        }

        Command withPoll(String taker) {
            return new Command(id, body, until, taker, reply);
        }

        Command withReply(byte[] answer) {
            return new Command(id, body, until, poll, answer);
        }

        private Command summary() {
            return new Command(id, NOTHING, until, poll, reply == null ? null : NOTHING);
        }
    }

    /**
     * The last turn of an origin.
     *
     * @param origin the store that sent it
     * @param number its number, growing by origin
     * @param time when, in epoch milliseconds
     */
    record Done(UUID origin, long number, long time) implements Applied {}

    /** How the cluster keeps cameras: a turn is answered with the camera. */
    record Keeping() implements Rules<Camera, Camera> {

        @Override
        public Camera none() {
            return UNKNOWN;
        }

        @Override
        public boolean isApplied(Camera camera, UUID origin, long number) {
            return Applied.contains(camera.done, origin, number);
        }

        /** Also removes what is out of date. */
        @Override
        public Camera applied(Camera camera, UUID origin, long number, long now) {
            Change change = camera.change();
            change.askers =
                    camera.askers.stream().filter(asker -> now < asker.until).toList();
            change.commands = camera.commands.stream()
                    .filter(command -> now < command.until + LATE_MILLIS)
                    .toList();
            change.done = Applied.with(camera.done, new Done(origin, number, now));
            return change.made();
        }

        @Override
        public Camera answer(Camera before, Camera after, List<Step<Camera>> steps) {
            return after;
        }
    }

    /** A camera without what is long. */
    record Summary() implements Preview<Camera, Camera> {

        @Override
        public Camera of(@Nullable Camera stored) {
            if (stored == null) return UNKNOWN;
            Change change = stored.change();
            change.done = List.of();
            change.commands = stored.each(Command::summary);
            return change.made();
        }
    }

    /**
     * Selects cameras that have been absent for so long that nothing about them is of use.
     *
     * @param now the time, in epoch milliseconds
     * @param keep for how long, in milliseconds
     * @param places whether places are short: then dumps are kept briefly, and a camera without a dump is of no use while it is absent
     */
    record LongAbsent(long now, long keep, boolean places) implements Condition<Camera> {

        @Override
        public boolean matches(Camera camera) {
            long touched = Math.max(camera.seen, camera.dump == null ? 0 : camera.dump.time());
            long repeats = places ? Applied.USUAL_REPEATS_MILLIS : Applied.REPEATS_MILLIS;
            long kept = places ? Math.min(keep, camera.dump == null ? 0 : BRIEF_MILLIS) : keep;
            return !camera.isConnected(now)
                    && Math.max(touched, Applied.latest(camera.done)) < now - kept - repeats
                    && camera.askers.stream().allMatch(asker -> asker.until <= now)
                    && camera.commands.stream().allMatch(command -> command.until <= now);
        }
    }

    /** Whether the camera is to be told that its logs are wanted. It is told again if nothing came of it for {@code again}. */
    boolean isWanted(long now, long again) {
        return asked > answered
                && askers.stream().anyMatch(asker -> now < asker.until)
                && (told <= answered || now - toldAt >= again);
    }

    /** Whether there is something for the poll that is held. */
    boolean isDue(long now, long again) {
        return poll != null && (isWanted(now, again) || (poll.commands && hasNewCommands(now)));
    }

    private boolean hasNewCommands(long now) {
        return commands.stream().anyMatch(command -> command.isNew(now));
    }

    /** Whether a poll is held, as far as the cluster knows. */
    boolean isConnected(long now) {
        return poll != null && now < poll.until;
    }

    boolean isHeldAs(String pollId) {
        return poll != null && poll.id().equals(pollId);
    }

    boolean isToldTo(String pollId) {
        return teller.equals(pollId);
    }

    boolean isAskedBy(String member, long now) {
        return askers.stream().anyMatch(asker -> asker.member.equals(member) && now < asker.until);
    }

    /** The dump that answers this question, if there is one. */
    Optional<Dump> answerTo(long question) {
        return Optional.ofNullable(dump).filter(last -> last.answers() >= question);
    }

    Optional<Command> command(String id) {
        return commands.stream().filter(command -> command.id.equals(id)).findFirst();
    }

    /** The commands that this poll took. */
    List<Command> commandsFor(String pollId) {
        return commands.stream().filter(command -> command.isTakenBy(pollId)).toList();
    }

    List<Command> each(UnaryOperator<Command> changed) {
        return commands.stream().map(changed).toList();
    }

    /** The newer of each side; the polls are asked to come again. */
    @Override
    public Camera joined(Camera other) {
        Camera newer = seen >= other.seen ? this : other, older = seen >= other.seen ? other : this;
        Change change = newer.change();
        change.asked = Math.max(asked, other.asked);
        change.told = Math.max(told, other.told);
        change.answered = Math.max(answered, other.answered);
        change.polls = Math.max(polls, other.polls) + 1;
        change.poll = null;
        Dump first = newer.dump, second = older.dump;
        change.dump = first == null || (second != null && second.answers() > first.answers()) ? second : first;
        change.askers = union(newer.askers, older.askers, Asker::member, (a, b) -> a.until >= b.until ? a : b);
        change.commands = union(
                newer.commands, older.commands, Command::id, (a, b) -> a.reply != null || b.poll.isEmpty() ? a : b);
        change.done = Applied.joined(newer.done, older.done);
        return change.made();
    }

    private static <T, K> List<T> union(
            Collection<T> some, Collection<T> more, Function<T, K> key, BinaryOperator<T> better) {
        Map<K, T> all = new LinkedHashMap<>();
        for (T each : some) all.put(key.apply(each), each);
        for (T each : more) all.merge(key.apply(each), each, better);
        return List.copyOf(all.values());
    }

    Change change() {
        return new Change(this);
    }

    /** A camera in the making: this one, with other values for some of its components. */
    static final class Change {
        long asked, told, toldAt, answered, polls, seen;
        String teller;
        boolean update;
        @Nullable
        Dump dump, former;

        @Nullable
        Poll poll;

        List<Asker> askers;
        List<Command> commands;
        private long since;
        private List<Done> done;

        Change(Camera from) {
            asked = from.asked;
            told = from.told;
            toldAt = from.toldAt;
            teller = from.teller;
            update = from.update;
            answered = from.answered;
            dump = from.dump;
            former = from.former;
            polls = from.polls;
            poll = from.poll;
            since = from.since;
            seen = from.seen;
            askers = from.askers;
            commands = from.commands;
            done = from.done;
        }

        /** The camera shows that it is there; if it was absent, it has just come back. */
        void present(Camera before, long now) {
            if (!before.isConnected(now) && now - before.seen > AWAY_MILLIS) since = now;
            seen = now;
        }

        Camera made() {
            return new Camera(
                    asked, told, toldAt, teller, update, answered, dump, former, polls, poll, since, seen, askers,
                    commands, done);
        }
    }
}
