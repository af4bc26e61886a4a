// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

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

/** The slots of one worker, and what they share. May be used by any thread. */
final class Crew {
    private static final Logger LOG = System.getLogger(Crew.class.getName());
    private static final String QUEUE_OF_PORTS = "default";

    private final WorkerPlan plan;
    private final boolean ports;
    private final Connection connection;
    private final WorkerListener listener;
    private final Gate gate;
    private final List<Slot> slots = new ArrayList<>();
    private final AtomicInteger present, requests = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> error = new AtomicReference<>();
    private final CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>(),
            done = new CompletableFuture<>();
    private final Map<URI, Attachment> attached = new ConcurrentHashMap<>();
    private final Set<URI> pulled = ConcurrentHashMap.newKeySet();

    Crew(WorkerPlan plan, Addresses addresses, Connection connection, WorkerListener listener) {
        this.plan = plan;
        this.ports = addresses.arePorts();
        this.connection = connection;
        this.listener = listener;
        check();
        this.gate =
                new Gate(plan.cpu(), plan.mostCpu(), connection.surroundings().timer(), this::busy);
        this.present = new AtomicInteger(plan.concurrency());
        for (int i = 0; i < plan.concurrency(); i++) slots.add(new Slot(this, addresses.spread(i), connection));
    }

    private void check() {
        Attachment how = plan.attachment();
        if (ports && how != null && how != Attachment.AUTO && how != Attachment.TCP)
            throw new IllegalArgumentException("A worker is attached to a worker port by tcp, not by " + how + ".");
        if (!ports && how == Attachment.TCP)
            throw new IllegalArgumentException("A worker is attached by tcp to addresses like tcp://HOST:PORT only.");
        if (ports && !plan.queue().equals(QUEUE_OF_PORTS))
            throw new IllegalArgumentException("A worker port has the queue default only, not " + plan.queue() + ".");
    }

    void begin() {
        if (plan.isGated()) gate.begin();
        slots.forEach(slot -> connection.pool().execute(slot::run));
    }

    WorkerPlan plan() {
        return plan;
    }

    /** Takes nothing more. */
    void stop() {
        stopped.complete(null);
        gate.end();
        slots.forEach(Slot::leave);
    }

    void abandon() {
        stop();
        slots.forEach(Slot::abandon);
    }

    CompletionStage<@Nullable Void> done() {
        return done.minimalCompletionStage();
    }

    int requests() {
        return requests.get();
    }

    void begun() {
        requests.incrementAndGet();
    }

    void ended() {
        requests.decrementAndGet();
    }

    /** Whether something new may be taken. */
    boolean mayTake() {
        return !stopped.isDone() && gate.isOpen();
    }

    /** Waits until something new may be taken, unless something may come anyway; false if that will not be. */
    boolean awaitRoom(boolean mayCome) {
        if (mayCome) return true;
        CompletableFuture.anyOf(gate.open().toCompletableFuture(), stopped).join();
        return !stopped.isDone();
    }

    /** Waits for so long, or until it is to leave. */
    void pause(Duration time) {
        pause(time, stopped);
    }

    void pause(Duration time, CompletionStage<?> unless) {
        CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
        Timer.Scheduled end = connection.surroundings().timer().after(time, () -> over.complete(null));
        CompletableFuture.anyOf(over, unless.toCompletableFuture()).join();
        end.cancel();
    }

    /** Whether requests are asked for at that address. */
    boolean isPulled(URI at) {
        Attachment how = plan.attachment();
        return !ports && (how == null || how == Attachment.PULL || pulled.contains(at));
    }

    /** No connection can be upgraded there. */
    void pullFrom(URI at) {
        pulled.add(at);
    }

    /** A slot has left, because of an error or without one; the others leave, too. */
    void left(@Nullable Throwable why) {
        if (why != null) error.compareAndSet(null, why);
        if (why != null) stop();
        if (present.decrementAndGet() > 0) return;
        gate.end();
        Throwable first = error.get();
        if (first == null) done.complete(null);
        else done.completeExceptionally(first);
    }

    private void busy(boolean isBusy) {
        if (isBusy) slots.forEach(Slot::leave);
        tell(to -> to.busy(isBusy));
    }

    void attached(URI at, Attachment how) {
        if (attached.put(at, how) != how) tell(to -> to.attached(at, how));
    }

    /**
     * Something failed at the address in use, and is tried at the next.
     *
     * @throws IOException if it is time to give up
     */
    Trouble failed(Addresses addresses, Retries retries, Setback why) throws IOException {
        URI at = addresses.current();
        attached.remove(at);
        addresses.next();
        String what = Phrase.of(why);
        Duration pause = retries.failed(why.atLeast()).orElseThrow(() -> new IOException(at + ": " + what, why));
        Trouble trouble = new Trouble(at, what, retries.failures(), pause);
        trouble(trouble);
        return trouble;
    }

    void trouble(Trouble trouble) {
        tell(to -> to.trouble(trouble));
    }

    void answered(WorkRequest request, int status, Duration took) {
        tell(to -> to.answered(request, status, took));
    }

    void lost(WorkRequest request, String why) {
        tell(to -> to.lost(request, why));
    }

    private void tell(Consumer<WorkerListener> something) {
        try {
            something.accept(listener);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "The listener of a worker failed", e);
        }
    }
}
