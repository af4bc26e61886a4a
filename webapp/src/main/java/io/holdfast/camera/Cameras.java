// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import io.holdfast.camera.CameraRefusal.Why;
import io.holdfast.cluster.BackgroundTask;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Sweep;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Clocks;
import io.holdfast.time.Threads;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Waiters;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The cameras of the cluster, as this member sees them. Three kinds of requests wait for a camera to change: its {@linkplain Polls
 * polls}, {@linkplain Questions questions} for its logs, and {@linkplain Commands commands} for it. Stages fail with
 * {@link CameraRefusal}. Nothing blocks.
 */
final class Cameras {
    private static final Logger LOG = System.getLogger(Cameras.class.getName());
    private static final Duration REMOVE_EVERY = Duration.ofSeconds(30);

    private final CameraStore store;
    private final DumpStore dumps;
    private final Changes changes;
    private final Polls polls;
    private final Questions questions;
    private final Commands commands;
    private final Deliveries deliveries;
    private final Cluster cluster;
    private final Waiters waiters;
    private final Clocks clocks;
    private final Executor executor;
    private final String me;
    private final AtomicReference<@Nullable CompletableFuture<Set<String>>> names = new AtomicReference<>();
    private final BackgroundTask tidying = new BackgroundTask("holdfast-camera-tidy");
    private volatile long removed;

    Cameras(Kernel kernel, CameraOptions options) {
        this.cluster = kernel.cluster();
        this.waiters = kernel.waiters();
        this.clocks = kernel.clocks();
        this.executor = kernel.executor();
        this.me = cluster.signals().name();
        this.store = new CameraStore(kernel, options);
        this.dumps = new DumpStore(cluster, options);
        this.changes = new Changes(kernel, store, options);
        this.polls = new Polls(kernel, changes, options);
        this.questions = new Questions(kernel, changes, options);
        this.commands = new Commands(kernel, changes);
        this.deliveries = new Deliveries(kernel, changes, dumps, options);
        this.removed = clocks.ticker().nanos();
    }

    /** Starts to receive changes, and to check for missed ones every so often. */
    Scheduled open(Duration sweep) {
        changes.open();
        return new Sweep(this::sweep, clocks, executor).open(sweep, cluster);
    }

    void close() {
        tidying.close();
        deliveries.close();
    }

    Polls polls() {
        return polls;
    }

    Questions questions() {
        return questions;
    }

    Commands commands() {
        return commands;
    }

    Deliveries deliveries() {
        return deliveries;
    }

    /** Whether this member can hold no further request now. */
    boolean isFull() {
        return waiters.stats().isFull();
    }

    /** The camera as it is now. */
    CompletionStage<Camera> camera(String name) {
        return changes.step(name, new CameraStep.Look());
    }

    /** Those cameras, without what is long. */
    CompletionStage<Map<String, Camera>> cameras(Set<String> some) {
        return store.preview(some).exceptionally(error -> {
            LOG.log(Level.DEBUG, "The cameras cannot be read", error);
            throw notAnswered();
        });
    }

    /** The names of all cameras. Requests at the same time share one read. */
    CompletionStage<Set<String>> names() {
        CompletableFuture<Set<String>> mine = new CompletableFuture<>();
        CompletableFuture<Set<String>> other = names.compareAndExchange(null, mine);
        if (other != null) return other.minimalCompletionStage();
        Threads.daemon(() -> readNames(mine), "holdfast-camera-list").start();
        return mine.minimalCompletionStage();
    }

    private void readNames(CompletableFuture<Set<String>> result) {
        try {
            result.complete(store.names());
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "The names of the cameras cannot be read", e);
            result.completeExceptionally(notAnswered());
        } finally {
            names.set(null);
        }
    }

    private static CameraRefusal notAnswered() {
        return new CameraRefusal(Why.UNAVAILABLE, "the cluster has not answered");
    }

    /**
     * Compares the cameras that questions and commands wait for with the cluster. There are too many polls for that. In case a signal is
     * lost, each member stores the cameras that it wants something from, and the members with polls read that.
     */
    private CompletionStage<?> sweep() {
        tidying.start(this::tidy);
        Set<String> awaited = new HashSet<>(waiters.awaitedIn(Changes.LOGS));
        awaited.addAll(waiters.awaitedIn(Changes.COMMANDS));
        return CompletableFuture.allOf(
                checkAwaited(awaited).toCompletableFuture(), checkPolls().toCompletableFuture());
    }

    private CompletionStage<?> checkAwaited(Set<String> awaited) {
        if (awaited.isEmpty()) return CompletableFuture.completedFuture(awaited);
        store.want(me, awaited);
        return store.preview(awaited).thenAcceptAsync(cameras -> cameras.forEach(this::check), executor);
    }

    private CompletionStage<?> checkPolls() {
        if (polls.count() == 0) return CompletableFuture.completedFuture(polls);
        return store.wanted(cluster.signals().others())
                .thenAcceptAsync(
                        wanted -> {
                            for (String name : wanted)
                                if (waiters.isAwaited(Changes.key(Changes.POLLS, name))) changes.refresh(name);
                        },
                        executor);
    }

    /** A preview may be older than what is known here, so it is shown to nobody; it only tells what to read again. */
    private void check(String name, Camera preview) {
        boolean news = waiters.wouldRelease(Changes.key(Changes.LOGS, name), preview)
                || waiters.wouldRelease(Changes.key(Changes.COMMANDS, name), preview);
        boolean pollIsLost = preview.poll() == null && waiters.isAwaited(Changes.key(Changes.POLLS, name));
        boolean dueElsewhere = changes.isDueElsewhere(preview);
        if (news || pollIsLost || (changes.isDue(preview) && !dueElsewhere)) changes.refresh(name);
        if (dueElsewhere) changes.signal(name);
        boolean asked = preview.isAskedBy(me, clocks.cluster().millis());
        if (waiters.isAwaited(Changes.key(Changes.LOGS, name)) && !asked && !news) questions.askAgain(name);
    }

    private void tidy() {
        dumps.tidy();
        if (clocks.ticker().nanos() - removed < REMOVE_EVERY.toNanos() && !store.isPressed()) return;
        removed = clocks.ticker().nanos();
        store.removeAbsent();
    }
}
