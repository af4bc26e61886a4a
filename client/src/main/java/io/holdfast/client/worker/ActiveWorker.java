// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.Attachment;
import io.holdfast.client.RunningWorker;
import io.holdfast.client.Trouble;
import io.holdfast.client.WorkRequest;
import io.holdfast.client.WorkerListener;
import io.holdfast.client.http.Activity;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.Retries;
import io.holdfast.client.http.Transport;
import io.holdfast.client.http.Wording;
import io.holdfast.client.time.Timer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A worker: its loops, and everything that they share. Safe for use by several threads. */
public final class ActiveWorker implements RunningWorker, Activity {
    private static final Logger LOG = System.getLogger(ActiveWorker.class.getName());
    private static final String QUEUE_OF_PORTS = "default";

    private final WorkerPlan plan;
    private final boolean usesPorts;
    private final Transport transport;
    private final WorkerListener listener;
    private final CpuGate gate;
    private final List<WorkLoop> loops = new ArrayList<>();
    private final AtomicInteger running, requests = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> firstError = new AtomicReference<>();
    private final CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>(),
            done = new CompletableFuture<>();
    private final Map<URI, Attachment> attached = new ConcurrentHashMap<>();
    private final Set<URI> pulled = ConcurrentHashMap.newKeySet();

    public ActiveWorker(WorkerPlan plan, Addresses addresses, Transport transport, WorkerListener listener) {
        this.plan = plan;
        this.usesPorts = addresses.areWorkerPorts();
        this.transport = transport;
        this.listener = listener;
        check();
        this.gate = new CpuGate(plan.cpu(), plan.mostCpu(), transport.clocks().alarm(), this::onBusy);
        this.running = new AtomicInteger(plan.concurrency());
        for (int i = 0; i < plan.concurrency(); i++) loops.add(new WorkLoop(this, addresses.spread(i), transport));
    }

    private void check() {
        Attachment how = plan.attachment();
        if (usesPorts && how != null && how != Attachment.AUTO && how != Attachment.TCP)
            throw new IllegalArgumentException("A worker is attached to a worker port by tcp, not by " + how + ".");
        if (!usesPorts && how == Attachment.TCP)
            throw new IllegalArgumentException("A worker is attached by tcp to addresses like tcp://HOST:PORT only.");
        if (usesPorts && !plan.queue().equals(QUEUE_OF_PORTS))
            throw new IllegalArgumentException("A worker port has the queue default only, not " + plan.queue() + ".");
    }

    @Override
    public void start() {
        if (plan.isGated()) gate.start();
        loops.forEach(loop -> transport.pool().execute(loop::run));
    }

    WorkerPlan plan() {
        return plan;
    }

    @Override
    public void stop() {
        stopped.complete(null);
        gate.close();
        loops.forEach(WorkLoop::leave);
    }

    @Override
    public void abandon() {
        stop();
        loops.forEach(WorkLoop::abandon);
    }

    @Override
    public CompletionStage<@Nullable Void> done() {
        return done.minimalCompletionStage();
    }

    @Override
    public int requests() {
        return requests.get();
    }

    void onRequestBegun() {
        requests.incrementAndGet();
    }

    void onRequestEnded() {
        requests.decrementAndGet();
    }

    /** Whether the worker may take something new. */
    boolean mayTake() {
        return !stopped.isDone() && gate.isOpen();
    }

    /** Waits until the worker may take something new; false if it has stopped. Does not wait if a request may come anyway. */
    boolean awaitRoom(boolean mayCome) {
        if (mayCome) return true;
        CompletableFuture.anyOf(gate.opened().toCompletableFuture(), stopped).join();
        return !stopped.isDone();
    }

    /** Waits for that time, or until the worker stops. */
    void pause(Duration time) {
        pause(time, stopped);
    }

    /** Waits for that time, or until the stage completes. */
    void pause(Duration time, CompletionStage<?> unless) {
        CompletableFuture<@Nullable Void> passed = new CompletableFuture<>();
        Timer.Scheduled end = transport.clocks().timer().after(time, () -> passed.complete(null));
        CompletableFuture.anyOf(passed, unless.toCompletableFuture()).join();
        end.cancel();
    }

    /** Whether loops pull at that address, instead of opening a connection. */
    boolean isPulled(URI at) {
        Attachment how = plan.attachment();
        return !usesPorts && (how == null || how == Attachment.PULL || pulled.contains(at));
    }

    /** Notes that the address upgrades no connection. */
    void pullFrom(URI at) {
        pulled.add(at);
    }

    /** Notes that a loop has ended. After an error, all other loops stop too. */
    void onLoopEnded(@Nullable Throwable error) {
        if (error != null) {
            firstError.compareAndSet(null, error);
            stop();
        }
        if (running.decrementAndGet() > 0) return;
        gate.close();
        Throwable first = firstError.get();
        if (first == null) done.complete(null);
        else done.completeExceptionally(first);
    }

    private void onBusy(boolean isBusy) {
        if (isBusy) loops.forEach(WorkLoop::leave);
        notifyListener(to -> to.busy(isBusy));
    }

    /**
     * Notes a failure at the address in use, and moves on to the next.
     *
     * @throws IOException if the patience is over
     */
    Trouble failed(Addresses addresses, Retries retries, UnavailableException why) throws IOException {
        attached.remove(addresses.current());
        Trouble trouble = retries.failed(addresses, Wording.of(why), why.atLeast());
        if (retries.isTooLate(trouble)) throw new IOException(trouble.at() + ": " + trouble.what(), why);
        notifyTrouble(trouble);
        return trouble;
    }

    void notifyAttached(URI at, Attachment how) {
        if (attached.put(at, how) != how) notifyListener(to -> to.attached(at, how));
    }

    void notifyTrouble(Trouble trouble) {
        notifyListener(to -> to.trouble(trouble));
    }

    void notifyAnswered(WorkRequest request, int status, Duration took) {
        notifyListener(to -> to.answered(request, status, took));
    }

    void notifyLost(WorkRequest request, String why) {
        notifyListener(to -> to.lost(request, why));
    }

    private void notifyListener(Consumer<WorkerListener> news) {
        try {
            news.accept(listener);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "The listener of a worker failed", e);
        }
    }
}
