// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.Attachment;
import io.holdfast.client.DeclinedException;
import io.holdfast.client.Handler;
import io.holdfast.client.Trouble;
import io.holdfast.client.WorkRequest;
import io.holdfast.client.WorkResponse;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.Retries;
import io.holdfast.client.http.Transport;
import io.holdfast.client.http.Wording;
import io.holdfast.client.http1.Sockets;
import io.holdfast.client.time.Stopwatch;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One thread of a worker: waits for a request, performs it, answers it, and waits again. */
final class WorkLoop {
    private static final Logger LOG = System.getLogger(WorkLoop.class.getName());

    private final ActiveWorker worker;
    private final Addresses addresses;
    private final Transport transport;
    private final Handler handler;
    private final Puller puller;
    private final Dialer dialer;
    private final Retries takeRetries, workRetries;
    private boolean isUnsure = true;
    private volatile @Nullable Assignment current;

    WorkLoop(ActiveWorker worker, Addresses addresses, Transport transport) {
        this.worker = worker;
        this.addresses = addresses;
        this.transport = transport;
        this.handler = worker.plan().handler();
        this.puller = new Puller(worker, addresses, transport);
        this.dialer = new Dialer(worker, transport);
        this.takeRetries = new Retries(transport.clocks(), null);
        this.workRetries = new Retries(transport.clocks(), null);
    }

    /** Takes and performs requests until the worker has stopped. */
    void run() {
        try {
            while (worker.awaitRoom(dialer.isAttached())) if (isReady()) perform(take());
            worker.onLoopEnded(null);
        } catch (RuntimeException | Error e) {
            worker.onLoopEnded(e);
        } finally {
            dialer.close();
        }
    }

    /** Ends the wait, unless a request has come. Any thread may call it. */
    void leave() {
        puller.leave();
        dialer.leave();
    }

    /** Drops the request too that it performs. Any thread may call it. */
    void abandon() {
        Assignment assignment = current;
        if (assignment != null) assignment.cancellation().cancel();
        dialer.close();
    }

    private boolean isReady() {
        if (!isUnsure) return true;
        try {
            handler.ready();
            isUnsure = false;
            return true;
        } catch (IOException e) {
            onUnable(Wording.of(e));
            return false;
        }
    }

    /** Pauses because the handler can perform nothing now. */
    private void onUnable(String why) {
        URI where = handler instanceof ForwardHandler forward ? forward.application() : addresses.current();
        Trouble trouble = workRetries.failed(where, why, Duration.ZERO);
        worker.notifyTrouble(trouble);
        worker.pause(trouble.pause());
    }

    private @Nullable Assignment take() {
        URI at = addresses.current();
        try {
            Assignment taken = worker.isPulled(at) ? puller.take(at) : dialer.take(at);
            takeRetries.succeeded();
            return taken;
        } catch (Dialer.NotUpgradedException e) {
            if (worker.plan().attachment() != Attachment.AUTO) throw e.why();
            worker.pullFrom(at);
        } catch (UnavailableException e) {
            onUnavailable(e);
        } catch (IOException e) {
            onUnavailable(UnavailableException.of(e));
        }
        return null;
    }

    private void onUnavailable(UnavailableException why) {
        // The stop itself may have closed the connection.
        if (!worker.mayTake()) return;
        if (why.isTrouble()) worker.pause(failed(why).pause());
        else {
            addresses.advance();
            worker.pause(takeRetries.shortPause());
        }
    }

    private Trouble failed(UnavailableException why) {
        try {
            return worker.failed(addresses, takeRetries, why);
        } catch (IOException e) {
            throw new IllegalStateException(e); // these retries have no end
        }
    }

    private void perform(@Nullable Assignment taken) {
        if (taken == null) return;
        current = taken;
        worker.onRequestBegun();
        String declined = null;
        try {
            WorkRequest request = taken.begin();
            if (request != null) declined = perform(taken, request);
        } catch (IOException e) {
            String what = "A request was lost before it began: " + Wording.of(e);
            worker.notifyTrouble(new Trouble(addresses.current(), what, 1, Duration.ZERO));
        } finally {
            current = null;
            taken.close();
            worker.onRequestEnded();
        }
        if (declined != null) onUnable(declined);
    }

    /** Performs and answers a request; the reason if the handler declined it, else null. */
    private @Nullable String perform(Assignment taken, WorkRequest request) throws IOException {
        Stopwatch begun = transport.clocks().stopwatch();
        WorkResponse response;
        try {
            response = taken.cancellation().interrupting(() -> handler.handle(request));
        } catch (DeclinedException e) {
            isUnsure = true;
            String why = Wording.of(e);
            taken.decline(why);
            return why;
        } catch (Exception | Error e) {
            if (request.isCancelled()) {
                worker.notifyLost(request, Cancellation.REASON);
                return null;
            }
            LOG.log(Level.WARNING, () -> "The handler failed request=" + request + " id=" + request.id(), e);
            response = Responses.problem(500, "The worker failed.", Responses.UNKNOWN);
        }
        workRetries.succeeded();
        answer(taken, request, response, begun);
        return null;
    }

    private void answer(Assignment taken, WorkRequest request, WorkResponse response, Stopwatch begun) {
        try {
            if (request.isCancelled()) throw new IOException(Cancellation.REASON);
            taken.answer(response);
            worker.notifyAnswered(request, response.status(), begun.elapsed());
        } catch (IOException | RuntimeException e) {
            worker.notifyLost(request, Wording.of(e));
        } finally {
            Sockets.close(response.body());
        }
    }
}
