// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.camera.Camera.Command;
import io.holdfast.camera.Camera.Poll;
import io.holdfast.camera.CameraRefusal.Why;
import io.holdfast.cluster.BackgroundTask;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Pieces;
import io.holdfast.cluster.Sweep;
import io.holdfast.time.Clocks;
import io.holdfast.time.Threads;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Sink;
import io.holdfast.waiter.Waiter;
import io.holdfast.waiter.Waiters;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The cameras of the cluster. Three kinds of waiters wait for a camera to change: its own poll, those who want its logs, and those
 * who want a command done. Stages fail with {@link CameraRefusal}. Nothing blocks.
 */
final class Cameras {
    private static final Logger LOG = System.getLogger(Cameras.class.getName());
    private static final String ROOM = "camera",
            POLLS = "camera.poll",
            LOGS = "camera.logs",
            COMMANDS = "camera.command";
    private static final byte[] LOOK = {};
    /** How much later than its deadline a poll or a question may be over; it is not taken to be there any more then. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** A question that overtakes a delivery by less than this is answered by it. */
    private static final Duration QUICK = Duration.ofMillis(100);

    private static final Duration FORGET_EVERY = Duration.ofSeconds(30), IDLE = Duration.ofSeconds(10);

    private final CameraOptions options;
    private final Waiters waiters;
    private final Cluster cluster;
    private final CameraStore store;
    private final DumpStore dumps;
    private final Clocks clocks;
    private final Executor executor;
    private final String me;
    private final AtomicLong count = new AtomicLong(), delivered = new AtomicLong();
    /** The polls that are held here, and of each camera the newest. */
    private final Map<String, Held> polls = new ConcurrentHashMap<>(), newest = new ConcurrentHashMap<>();
    /** How many are asking, and do not wait yet, by camera. */
    private final ConcurrentHashMap<String, Integer> asking = new ConcurrentHashMap<>();

    /** The newest question from here, by camera, while somebody waits for its answer. */
    private final ConcurrentHashMap<String, Long> questions = new ConcurrentHashMap<>();

    private final AtomicReference<@Nullable CompletableFuture<Set<String>>> names = new AtomicReference<>();
    private final BackgroundTask tidying = new BackgroundTask("holdfast-camera-tidy");
    private final ExecutorService parser =
            Threads.pool("holdfast-camera-parse", 1, IDLE, new ThreadPoolExecutor.CallerRunsPolicy());
    private volatile long forgotten;

    Cameras(CameraOptions options, Cluster cluster, Waiters waiters, Clocks clocks, Executor executor) {
        this.options = options;
        this.waiters = waiters;
        this.cluster = cluster;
        this.clocks = clocks;
        this.executor = executor;
        this.store = new CameraStore(cluster, options, clocks, executor);
        this.dumps = new DumpStore(cluster, options);
        this.me = cluster.signals().name();
        this.forgotten = clocks.ticker().nanos();
    }

    /** Begins to hear of changes, and to look for them every so often. */
    Scheduled open(Duration sweep) {
        cluster.signals().listen(ROOM, (name, state, reply) -> {
            if (isAwaited(name)) look(name);
            reply.accept(0);
        });
        return new Sweep(this::sweep, clocks, executor).open(sweep, cluster);
    }

    /** Ends what is done beside. */
    void close() {
        tidying.close();
        parser.shutdownNow();
    }

    /** How many polls are held here. */
    int held() {
        return polls.size();
    }

    /** How many dumps have come to this member. */
    long delivered() {
        return delivered.get();
    }

    /** A camera that polls. */
    interface PollSink {
        /**
         * Told how the poll ended: with a camera that {@linkplain Camera#isToldTo is told} something by it, or one that has polled
         * again, or without any; false if its client is gone.
         */
        boolean end(Held held, Outcome<Camera> outcome);
    }

    /** Holds a camera until somebody wants something of it, or it polls again; if the wait is zero, only to see whether. */
    Held poll(String name, boolean commands, Duration asked, PollSink sink) {
        Duration wait = asked.isZero() ? options.patience() : asked;
        Held held = new Held(name, count.incrementAndGet(), asked.isZero(), sink);
        polls.put(held.id, held);
        // Two that come at once may get here in either order.
        newest.merge(name, held, (before, now) -> before.count > now.count ? before : now);
        Waiter<Camera> waiter = waiters.hold(key(POLLS, name), wait, held::isMoved, held);
        held.waiter = waiter;
        if (waiter.hasEnded()) return held;
        long until = clocks.wall().millis() + wait.plus(GRACE).toMillis();
        held.until = until;
        held.commands = commands;
        store.step(name, held.step()).whenComplete((camera, error) -> {
            if (camera == null) held.refused(error);
            else held.attends(camera);
        });
        return held;
    }

    /**
     * Asks for logs. The sink is told the camera with a dump that {@linkplain Camera#answerTo answers} the question; the stage has
     * the waiter.
     */
    CompletionStage<Waiter<Camera>> ask(String name, Duration wait, AskSink sink) {
        asking.merge(name, 1, Integer::sum);
        return store.step(name, new CameraStep.Ask(me, until(wait)))
                .thenApply(asked -> {
                    Waiter<Camera> waiter = await(name, asked.asked(), wait, sink);
                    changed(name, asked, isFor(asked));
                    // What came before it was registered.
                    if (!waiter.hasEnded()) look(name);
                    return waiter;
                })
                .whenComplete((waiter, error) -> {
                    asking.computeIfPresent(name, (same, count) -> count == 1 ? null : count - 1);
                    if (waiter == null || waiter.hasEnded()) leave(name, 0);
                });
    }

    private Waiter<Camera> await(String name, long question, Duration wait, AskSink sink) {
        questions.merge(name, question, Math::max);
        return waiters.hold(
                key(LOGS, name), wait, camera -> camera.answerTo(question).isPresent(), outcome -> {
                    leave(name, outcome.state() == null ? 0 : outcome.state().answered());
                    return sink.end(outcome, question);
                });
    }

    /** When a question lapses of which nobody says that it is over: later than whoever asked may still wait. */
    private long until(Duration wait) {
        return clocks.wall().millis() + wait.plus(GRACE).toMillis();
    }

    /** Whether nobody more is held here now. */
    boolean isFull() {
        return waiters.stats().isFull();
    }

    /** Somebody who asked for logs. */
    interface AskSink {
        /** Told how the wait for the answer to this question ended; false if its client is gone. */
        boolean end(Outcome<Camera> outcome, long question);
    }

    /** Where nobody waits here any more, what was asked from here and is not answered is over; what somebody asks meanwhile is not. */
    private void leave(String name, long answered) {
        Long newest = questions.get(name);
        if (newest == null || waiters.waiting(key(LOGS, name)) > 0 || asking.containsKey(name)) return;
        questions.remove(name, newest);
        if (newest > answered)
            store.step(name, new CameraStep.StopAsking(me, newest)).whenComplete(this::leftToTheSweep);
    }

    /**
     * The camera begins to deliver: the newest question that its dump answers. Where the cluster takes its time to tell, questions
     * may have come meanwhile; by the clocks of the members they are left for the next dump.
     */
    CompletionStage<Long> begin(String name) {
        long begun = clocks.wall().millis(), since = clocks.ticker().nanos();
        return store.step(name, new CameraStep.Deliver()).thenApply(camera -> {
            boolean quick = clocks.ticker().nanos() - since < QUICK.toNanos();
            return quick ? camera.asked() : Math.min(camera.asked(), begun);
        });
    }

    /**
     * Looks every so often whether a delivery goes on, until that is cancelled: while it does, the camera need not be told again.
     * Where nothing comes for that long and it has not come whole, the task runs.
     */
    Scheduled watch(String name, LongSupplier come, BooleanSupplier isWhole, Duration stall, Runnable stalled) {
        AtomicLong seen = new AtomicLong(),
                since = new AtomicLong(clocks.ticker().nanos());
        Duration before = options.again().dividedBy(2), soon = stall.dividedBy(10);
        return clocks.timer().every(before.compareTo(soon) < 0 ? before : soon, () -> {
            long now = clocks.ticker().nanos(), bytes = come.getAsLong();
            // What has come whole is on its way to the backups.
            if (seen.getAndSet(bytes) != bytes || isWhole.getAsBoolean()) {
                since.set(now);
                executor.execute(
                        () -> store.step(name, new CameraStep.Deliver()).whenComplete(this::leftToTheSweep));
            } else if (now - since.get() > stall.toNanos()) executor.execute(stalled);
        });
    }

    /** Where long bodies are looked through, so that nobody waits for that who is to be released. */
    Executor parser() {
        return parser;
    }

    /** Takes a dump whose delivery began when this question was the newest. */
    CompletionStage<Void> deliver(String name, long answers, byte[] bytes) {
        String id = me + "-" + count.incrementAndGet();
        return dumps.save(name, id, bytes).thenCompose(saved -> {
            Dump dump = new Dump(
                    id,
                    answers,
                    bytes.length,
                    Pieces.count(bytes.length),
                    clocks.wall().millis());
            return store.step(name, new CameraStep.KeepDump(dump)).thenAccept(camera -> {
                delivered.incrementAndGet();
                Dump former = camera.former();
                if (former != null) dumps.letGo(name, former);
                changed(name, camera, true);
            });
        });
    }

    /** A piece of a dump; empty if it is not kept any more. */
    CompletionStage<Optional<byte[]>> piece(String name, Dump dump, int piece) {
        return dumps.piece(name, dump, piece);
    }

    /** Has the camera given a command; the sink is told the camera with its reply. The stage has the waiter. */
    CompletionStage<Waiter<Camera>> command(String name, String id, byte[] body, Duration wait, Sink<Camera> sink) {
        long until = clocks.wall().millis() + wait.toMillis();
        Waiter<Camera> waiter = waiters.hold(
                key(COMMANDS, name),
                wait,
                camera -> camera.command(id)
                        .filter(command -> command.reply() != null)
                        .isPresent(),
                sink);
        if (waiter.hasEnded()) return CompletableFuture.completedFuture(waiter);
        return store.step(name, new CameraStep.AddCommand(id, body, until))
                .whenComplete((camera, error) -> {
                    if (camera == null || camera.command(id).isEmpty()) waiter.gone();
                })
                .thenApply(camera -> {
                    if (camera.command(id).isEmpty())
                        throw new CameraRefusal(
                                Why.TOO_MANY_COMMANDS,
                                "the camera has " + Camera.MOST_COMMANDS + " commands to do already");
                    changed(name, camera, isFor(camera));
                    return waiter;
                });
    }

    /** A name for a command. */
    String newCommand() {
        return me + "-" + count.incrementAndGet();
    }

    /** The camera has done a command; whether anybody waits for that. */
    CompletionStage<Boolean> reply(String name, String command, byte[] reply) {
        return store.step(name, new CameraStep.Reply(command, reply)).thenApply(camera -> {
            changed(name, camera, true);
            return camera.command(command).isPresent();
        });
    }

    /** Whoever sent the command has its reply. */
    void settle(String name, String command) {
        store.step(name, new CameraStep.RemoveCommand(command)).whenComplete(this::leftToTheSweep);
    }

    /** Nobody waits for the command any more: what is known of it then, and nothing if the camera has not got it. */
    CompletionStage<Optional<Command>> withdraw(String name, String command) {
        return store.step(name, new CameraStep.WithdrawCommand(command)).thenApply(camera -> camera.command(command));
    }

    /** The camera as it is. */
    CompletionStage<Camera> camera(String name) {
        return store.step(name, new CameraStep.Look());
    }

    /** Those cameras. */
    CompletionStage<Map<String, Camera>> cameras(Set<String> names) {
        return store.preview(names).exceptionally(error -> {
            LOG.log(Level.DEBUG, "The cameras cannot be looked at", error);
            throw new CameraRefusal(Why.UNAVAILABLE, "the cluster has not answered");
        });
    }

    /** The names of all: those who ask together share one look. */
    CompletionStage<Set<String>> names() {
        CompletableFuture<Set<String>> mine = new CompletableFuture<>();
        CompletableFuture<Set<String>> other = names.compareAndExchange(null, mine);
        if (other != null) return other.minimalCompletionStage();
        Thread thread = new Thread(() -> list(mine), "holdfast-camera-list");
        thread.setDaemon(true);
        thread.start();
        return mine.minimalCompletionStage();
    }

    private void list(CompletableFuture<Set<String>> result) {
        try {
            result.complete(store.names());
        } catch (RuntimeException e) {
            result.completeExceptionally(new CameraRefusal(Why.UNAVAILABLE, "the cluster has not answered"));
        } finally {
            names.set(null);
        }
    }

    private static Key<Camera> key(String kind, String name) {
        return new Key<>(kind, name);
    }

    private boolean isAwaited(String name) {
        return waiters.isAwaited(key(POLLS, name))
                || waiters.isAwaited(key(LOGS, name))
                || waiters.isAwaited(key(COMMANDS, name));
    }

    /** Whether there is something for a poll that is held at another member. */
    private boolean isFor(Camera camera) {
        Poll poll = camera.poll();
        return poll != null && !poll.member().equals(me) && isDue(camera);
    }

    private boolean isDue(Camera camera) {
        return camera.isDue(clocks.wall().millis(), options.again().toMillis());
    }

    private void changed(String name, Camera camera, boolean tellOthers) {
        show(name, camera);
        if (tellOthers) cluster.signals().send(ROOM, name, LOOK);
    }

    private void look(String name) {
        store.step(name, new CameraStep.Look())
                .thenAccept(camera -> show(name, camera))
                .whenComplete(this::leftToTheSweep);
    }

    /** Shows everybody here the camera as it is now. */
    private void show(String name, Camera camera) {
        for (String kind : new String[] {LOGS, COMMANDS, POLLS})
            if (waiters.isAwaited(key(kind, name))) waiters.release(key(kind, name), camera);
        Poll poll = camera.poll();
        Held mine = newest.get(name);
        if (poll == null && mine != null && mine.isLost(camera)) mine.again();
        if (poll == null || !poll.member().equals(me)) return;
        Held held = polls.get(poll.id());
        if (held == null) store.step(name, new CameraStep.EndPoll(poll.id())).whenComplete(this::leftToTheSweep);
        else if (isDue(camera)) held.tell();
    }

    /**
     * Compares the cameras that somebody here waits for with the state. Polls are not looked at, of which there may be many: members
     * tell each other in the state which cameras they want something of, in case that a signal was lost.
     */
    private CompletionStage<?> sweep() {
        store.count();
        dumps.takeStock();
        tidying.start(this::tidy);
        Set<String> names = new HashSet<>(waiters.awaitedIn(LOGS));
        names.addAll(waiters.awaitedIn(COMMANDS));
        return CompletableFuture.allOf(
                lookAt(names).toCompletableFuture(), lookForOthers().toCompletableFuture());
    }

    private CompletionStage<?> lookAt(Set<String> names) {
        if (names.isEmpty()) return CompletableFuture.completedFuture(names);
        store.want(me, names);
        return store.preview(names).thenAcceptAsync(cameras -> cameras.forEach(this::swept), executor);
    }

    private CompletionStage<?> lookForOthers() {
        if (polls.isEmpty()) return CompletableFuture.completedFuture(polls);
        return store.wanted(cluster.signals().others())
                .thenAcceptAsync(
                        names -> {
                            for (String name : names) if (waiters.isAwaited(key(POLLS, name))) look(name);
                        },
                        executor);
    }

    private void tidy() {
        dumps.tidy();
        if (clocks.ticker().nanos() - forgotten < FORGET_EVERY.toNanos()) return;
        forgotten = clocks.ticker().nanos();
        store.removeAbsent();
    }

    /** A glance may be older than what is known, so nobody is shown it; what it suggests is looked at. */
    private void swept(String name, Camera camera) {
        Poll poll = camera.poll();
        boolean news =
                waiters.wouldRelease(key(LOGS, name), camera) || waiters.wouldRelease(key(COMMANDS, name), camera);
        boolean lost = poll == null && waiters.isAwaited(key(POLLS, name));
        if (news || lost || (isDue(camera) && !isFor(camera))) look(name);
        if (isFor(camera)) cluster.signals().send(ROOM, name, LOOK);
        boolean asked = camera.isAskedBy(me, clocks.wall().millis());
        if (waiters.isAwaited(key(LOGS, name)) && !asked && !news) askAgain(name);
    }

    /** The cluster has lost the question, or whoever said how long they wait does not wait any more. */
    private void askAgain(String name) {
        store.step(name, new CameraStep.Ask(me, until(options.hold())))
                .thenAccept(camera -> {
                    questions.merge(name, camera.asked(), Math::max);
                    leave(name, 0);
                    changed(name, camera, isFor(camera));
                })
                .whenComplete(this::leftToTheSweep);
    }

    private void leftToTheSweep(@Nullable Object done, @Nullable Throwable error) {
        if (error != null) LOG.log(Level.DEBUG, () -> "The next sweep looks again cause=" + error);
    }

    /** A poll that is held here. */
    final class Held implements Sink<Camera> {
        private static final long NOT_KNOWN = Long.MAX_VALUE;

        private final String name;
        private final long count;
        private final String id;
        private final boolean brief;
        private final PollSink sink;
        private final CompletableFuture<Boolean> told = new CompletableFuture<>();
        private volatile @Nullable Waiter<Camera> waiter;
        private final AtomicLong shown = new AtomicLong();
        private volatile long number = NOT_KNOWN;
        private volatile long until;
        private volatile boolean commands;
        private volatile @Nullable Throwable refusal;

        private Held(String name, long count, boolean brief, PollSink sink) {
            this.name = name;
            this.count = count;
            this.brief = brief;
            this.id = Poll.id(me, count);
            this.sink = sink;
        }

        /** What this poll is called. */
        String id() {
            return id;
        }

        /** Why it ended, if the cluster could not hold it. */
        @Nullable
        Throwable refusal() {
            return refusal;
        }

        private CameraStep step() {
            return new CameraStep.StartPoll(me, count, commands, until);
        }

        /** What is shown before the number is known is remembered, because it may be newer than what tells the number. */
        private boolean isMoved(Camera camera) {
            shown.accumulateAndGet(camera.polls(), Math::max);
            return camera.isToldTo(id) || camera.polls() > number;
        }

        private void attends(Camera camera) {
            Poll poll = camera.poll();
            if (poll != null && poll.id().equals(id)) number = poll.number();
            // A newer poll has come to this member together with it.
            else if (!camera.isToldTo(id)) gone();
            if (shown.get() > number) gone();
            changed(name, camera, isNewsElsewhere(camera));
            if (brief && !isDue(camera)) gone();
        }

        /** Whether another member holds the poll that this one has replaced; where that cannot be seen any more, one may. */
        private boolean isNewsElsewhere(Camera camera) {
            Poll poll = camera.poll();
            if (poll == null || !poll.id().equals(id)) return !camera.isToldTo(id);
            return !poll.former().isEmpty() && !poll.former().equals(me);
        }

        private void refused(@Nullable Throwable why) {
            refusal = why;
            gone();
        }

        /** The client has left, or the poll is over. */
        void gone() {
            Waiter<Camera> held = waiter;
            if (held != null) held.gone();
        }

        /** Whether the cluster has lost the state that knew this poll. */
        private boolean isLost(Camera camera) {
            return number != NOT_KNOWN && camera.polls() < number;
        }

        private void again() {
            store.step(name, step()).thenAccept(this::attends).whenComplete(Cameras.this::leftToTheSweep);
        }

        /** Lets the camera have what there is for it; what does not reach it is there for its next poll. */
        private void tell() {
            store.step(name, new CameraStep.TellPoll(id, options.again().toMillis()))
                    .thenAccept(this::offer)
                    .whenComplete(Cameras.this::leftToTheSweep);
        }

        private void offer(Camera camera) {
            Waiter<Camera> held = waiter;
            if (!camera.isToldTo(id) || held == null) return;
            held.offer(camera);
            told.minimalCompletionStage().thenAccept(taken -> {
                if (taken) return;
                store.step(name, new CameraStep.UndoTell(id))
                        .thenAccept(back -> changed(name, back, isFor(back)))
                        .whenComplete(Cameras.this::leftToTheSweep);
            });
        }

        @Override
        public boolean end(Outcome<Camera> outcome) {
            polls.remove(id);
            newest.remove(name, this);
            Camera camera = outcome.state();
            boolean taken = false;
            try {
                taken = sink.end(this, outcome);
            } finally {
                told.complete(taken && camera != null && camera.isToldTo(id));
            }
            if (camera == null && outcome.ending() != Ending.REFUSED)
                store.step(name, new CameraStep.EndPoll(id)).whenComplete(Cameras.this::leftToTheSweep);
            return taken;
        }
    }
}
