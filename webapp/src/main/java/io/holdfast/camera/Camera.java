// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A camera as the cluster keeps it. Never changed: each step makes a new one.
 *
 * <p>Questions are numbered, by a clock that does not step back. The camera has been told of those up to one number, and its last
 * dump answers those up to another.
 *
 * @param asked the newest question
 * @param told the newest question that the camera was told of
 * @param toldAt when it was, or when its delivery was last seen to go on, in epoch milliseconds
 * @param teller the poll by which the camera was told something last, or empty
 * @param update whether it was told then that its logs are wanted
 * @param answered the newest question that is answered
 * @param dump what was delivered last, if it may still be kept
 * @param former what was delivered before it, or was too late
 * @param polls how many polls there were
 * @param poll the newest, while it is held
 * @param since since when the camera is here without a pause
 * @param seen when it last was, in epoch milliseconds; 0 if never
 * @param askers the members at which somebody waits for logs
 * @param commands those that are to be given to it, or are not done
 * @param done the last turn of each member, so that it is not applied twice
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
        List<Done> done) {
    /** A camera that nobody has heard of. */
    static final Camera UNKNOWN =
            new Camera(0, 0, 0, "", false, 0, null, null, 0, null, 0, 0, List.of(), List.of(), List.of());

    static final int MOST_COMMANDS = 64;
    private static final byte[] NOTHING = {};

    /** A camera that is away for so long between two polls is not taken to have been there all the time. */
    private static final long AWAY_MILLIS = 15_000;
    /** How long a command is remembered that nobody waits for any more: its reply is still taken, and ignored. */
    private static final long LATE_MILLIS = 60_000;
    /** How long a member may repeat a turn; longer than any is patient. */
    private static final long REPEATS_MILLIS = 10 * 60_000;

    /**
     * A poll that is held.
     *
     * @param member at which member
     * @param count its number there
     * @param number its number among the polls of the camera
     * @param commands whether it takes commands
     * @param since since when, in epoch milliseconds
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
     * @param member which
     * @param question the newest question there
     * @param until when the last of them gives up, in epoch milliseconds
     */
    record Asker(String member, long question, long until) {}

    /**
     * A command.
     *
     * @param id its name, never used again
     * @param body JSON
     * @param until until when somebody waits for its reply, in epoch milliseconds
     * @param poll the poll that took it; empty while none has
     * @param reply JSON; null while there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Command(String id, byte[] body, long until, String poll, byte @Nullable [] reply) {

        boolean isNew(long now) {
            return poll.isEmpty() && reply == null && now < until;
        }

        boolean isAwaited(long now) {
            return reply == null && now < until;
        }

        private Command summary() {
            return new Command(id, NOTHING, until, poll, reply == null ? null : NOTHING);
        }

        private boolean isTakenBy(String taker) {
            return poll.equals(taker) && reply == null;
        }

        private Command takenBy(String taker) {
            return new Command(id, body, until, taker, reply);
        }
    }

    /**
     * The last turn of a member.
     *
     * @param origin which
     * @param number its number, growing by origin
     * @param time when, in epoch milliseconds
     */
    record Done(UUID origin, long number, long time) {}

    /** Whether the camera is to be told that its logs are wanted; again, if nothing came of it for so long. */
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

    /** Whether a poll is held, as far as one can tell. */
    boolean isConnected(long now) {
        return poll != null && now < poll.until;
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

    boolean hasDone(UUID origin, long number) {
        return done.stream().anyMatch(one -> one.origin.equals(origin) && one.number >= number);
    }

    /** Whether nothing in it is of use to anybody any more. */
    boolean isOver(long now, long keep) {
        long touched = Math.max(seen, dump == null ? 0 : dump.time());
        for (Done one : done) touched = Math.max(touched, one.time);
        return !isConnected(now)
                && touched < now - keep - REPEATS_MILLIS
                && askers.stream().allMatch(asker -> asker.until <= now)
                && commands.stream().allMatch(command -> command.until <= now);
    }

    /** This with the turn remembered, and without what is over. */
    Camera done(UUID origin, long number, long now) {
        List<Done> all = new ArrayList<>();
        for (Done one : done) if (!one.origin.equals(origin) && one.time > now - REPEATS_MILLIS) all.add(one);
        all.add(new Done(origin, number, now));
        Change change = change();
        change.askers = askers.stream().filter(asker -> now < asker.until).toList();
        change.commands = commands.stream()
                .filter(command -> now < command.until + LATE_MILLIS)
                .toList();
        change.done = List.copyOf(all);
        return change.made();
    }

    /** Somebody at that member asks, and waits until then. */
    Camera asked(String member, long until, long now) {
        Change change = change();
        change.asked = Math.max(asked + 1, now);
        long last = until;
        List<Asker> all = new ArrayList<>();
        for (Asker asker : askers)
            if (asker.member.equals(member)) last = Math.max(last, asker.until);
            else all.add(asker);
        all.add(new Asker(member, change.asked, last));
        change.askers = List.copyOf(all);
        return change.made();
    }

    /** Nobody at that member waits any more who has asked this question or one before it. */
    Camera unasked(String member, long question) {
        List<Asker> left = askers.stream()
                .filter(asker -> !asker.member.equals(member) || asker.question > question)
                .toList();
        if (left.size() == askers.size()) return this;
        Change change = change();
        change.askers = left;
        return change.made();
    }

    /** The camera polls. */
    Camera polled(String member, long count, boolean takesCommands, long until, long now) {
        if (poll != null && poll.member.equals(member) && poll.count >= count) return this;
        Change change = change();
        change.polls = polls + 1;
        String former = poll == null ? "" : poll.member;
        change.poll = new Poll(member, count, change.polls, takesCommands, now, until, former);
        if (!isConnected(now) && now - seen > AWAY_MILLIS) change.since = now;
        change.seen = now;
        return change.made();
    }

    /** That poll is told what there is, if it is the newest and there is something. */
    Camera told(String pollId, long now, long again) {
        if (poll == null || !poll.id().equals(pollId) || !isDue(now, again)) return this;
        Change change = change();
        change.teller = pollId;
        change.update = isWanted(now, again);
        if (change.update) {
            change.told = asked;
            change.toldAt = now;
        }
        if (poll.commands) change.commands = each(command -> command.isNew(now) ? command.takenBy(pollId) : command);
        change.poll = null;
        change.seen = now;
        return change.made();
    }

    /** What that poll was told has not reached the camera. */
    Camera untold(String pollId) {
        if (!isToldTo(pollId)) return this;
        Change change = change();
        change.teller = "";
        if (update) {
            change.told = Math.min(told, answered);
            change.toldAt = 0;
        }
        change.commands = each(command -> command.isTakenBy(pollId) ? command.takenBy("") : command);
        return change.made();
    }

    /** That poll is over. */
    Camera left(String pollId, long now) {
        if (poll == null || !poll.id().equals(pollId)) return this;
        Change change = change();
        change.poll = null;
        change.seen = now;
        return change.made();
    }

    /** A dump is on its way: nobody needs to tell the camera again. */
    Camera coming(long now) {
        Change change = change();
        change.toldAt = now;
        if (!isConnected(now) && now - seen > AWAY_MILLIS) change.since = now;
        change.seen = now;
        return change.made();
    }

    /** A dump is complete. */
    Camera dumped(Dump complete) {
        if (dump != null && dump.id().equals(complete.id())) return this;
        Change change = change();
        boolean late = complete.answers() < answered;
        change.former = late ? complete : dump;
        if (!late) {
            change.dump = complete;
            change.answered = complete.answers();
        }
        return change.made();
    }

    /** The camera is to be given this command, unless it has as many to do as it may. */
    Camera commanded(Command command, long now) {
        long todo = commands.stream().filter(each -> each.isAwaited(now)).count();
        if (todo >= MOST_COMMANDS
                || commands.size() >= 2 * MOST_COMMANDS
                || command(command.id).isPresent()) return this;
        List<Command> all = new ArrayList<>(commands);
        all.add(command);
        Change change = change();
        change.commands = List.copyOf(all);
        return change.made();
    }

    /** The camera has done that command. */
    Camera replied(String id, byte[] reply) {
        if (command(id).isEmpty()) return this;
        Change change = change();
        change.commands = each(command -> command.id.equals(id) && command.reply == null
                ? new Command(id, command.body, command.until, command.poll, reply)
                : command);
        return change.made();
    }

    /** Nobody waits for that command any more: if the camera has not got it, it will not. */
    Camera withdrawn(String id) {
        return without(command -> command.id.equals(id) && command.poll.isEmpty());
    }

    /** Whoever sent that command has its reply. */
    Camera settled(String id) {
        return without(command -> command.id.equals(id));
    }

    private Camera without(Predicate<Command> gone) {
        List<Command> left = commands.stream().filter(gone.negate()).toList();
        if (left.size() == commands.size()) return this;
        Change change = change();
        change.commands = left;
        return change.made();
    }

    /** This without what is long. */
    Camera summary() {
        Change change = change();
        change.done = List.of();
        change.commands = each(Command::summary);
        return change.made();
    }

    private List<Command> each(Function<Command, Command> what) {
        return commands.stream().map(what).toList();
    }

    /** Both sides of a camera after a split: the newer of each; its polls come again. */
    static Camera join(Camera one, @Nullable Camera other) {
        if (other == null) return one;
        Camera newer = one.seen >= other.seen ? one : other, older = one.seen >= other.seen ? other : one;
        Change change = newer.change();
        change.asked = Math.max(one.asked, other.asked);
        change.told = Math.max(one.told, other.told);
        change.answered = Math.max(one.answered, other.answered);
        change.polls = Math.max(one.polls, other.polls) + 1;
        change.poll = null;
        Dump dump = newer.dump, second = older.dump;
        change.dump = dump == null || (second != null && second.answers() > dump.answers()) ? second : dump;
        change.askers = union(newer.askers, older.askers, Asker::member, (a, b) -> a.until >= b.until ? a : b);
        change.commands = union(
                newer.commands, older.commands, Command::id, (a, b) -> a.reply != null || b.poll.isEmpty() ? a : b);
        change.done = union(newer.done, older.done, Done::origin, (a, b) -> a.number >= b.number ? a : b);
        return change.made();
    }

    private static <T, K> List<T> union(
            Collection<T> some, Collection<T> more, Function<T, K> key, BinaryOperator<T> better) {
        Map<K, T> all = new LinkedHashMap<>();
        for (T each : some) all.put(key.apply(each), each);
        for (T each : more) all.merge(key.apply(each), each, better);
        return List.copyOf(all.values());
    }

    private Change change() {
        return new Change(this);
    }

    /** What is to be another. */
    private static final class Change {
        private long asked, told, toldAt, answered, polls, since, seen;
        private String teller;
        private boolean update;
        private @Nullable Dump dump, former;
        private @Nullable Poll poll;
        private List<Asker> askers;
        private List<Command> commands;
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

        Camera made() {
            return new Camera(
                    asked, told, toldAt, teller, update, answered, dump, former, polls, poll, since, seen, askers,
                    commands, done);
        }
    }
}
