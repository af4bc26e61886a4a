// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import io.holdfast.client.Dial.NotUpgradedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A worker's one pair of hands: waits for a request, performs it, answers it, and waits again. */
final class Slot {
    private static final Logger LOG = System.getLogger(Slot.class.getName());

    private static final String UNWANTED = "Nobody wants it any more.";

    private final Crew crew;
    private final Addresses addresses;
    private final Connection connection;
    private final Handler handler;
    private final Pull pull;
    private final Dial dial;
    private final Retries hub, work;
    private boolean unsure = true;
    private volatile @Nullable Task task;

    Slot(Crew crew, Addresses addresses, Connection connection) {
        this.crew = crew;
        this.addresses = addresses;
        this.connection = connection;
        this.handler = crew.plan().handler();
        this.pull = new Pull(crew, addresses, connection);
        this.dial = new Dial(crew, connection);
        this.hub = new Retries(connection.surroundings(), null);
        this.work = new Retries(connection.surroundings(), null);
    }

    /** Takes what there is, until nothing more is to be taken. */
    void run() {
        try {
            while (crew.awaitRoom(dial.isAttached())) if (isReady()) perform(take());
            crew.left(null);
        } catch (RuntimeException | Error e) {
            crew.left(e);
        } finally {
            dial.close();
        }
    }

    /** Ends the waiting. */
    void leave() {
        pull.leave();
        dial.leave();
    }

    /** Lets go of what it is at, too. */
    void abandon() {
        Task current = task;
        if (current != null) current.cancellation().cancel();
        dial.close();
    }

    private boolean isReady() {
        if (!unsure) return true;
        try {
            handler.ready();
            unsure = false;
            return true;
        } catch (IOException e) {
            unable(Phrase.of(e));
            return false;
        }
    }

    /** Pauses because nothing can be performed now. */
    private void unable(String why) {
        URI where = handler instanceof Forward forward ? forward.application() : addresses.current();
        Duration pause = work.failed(Duration.ZERO).orElseThrow();
        crew.trouble(new Trouble(where, why, work.failures(), pause));
        crew.pause(pause);
    }

    private @Nullable Task take() {
        URI at = addresses.current();
        try {
            Task taken = crew.isPulled(at) ? pull.take(at) : dial.take(at);
            hub.succeeded();
            return taken;
        } catch (NotUpgradedException e) {
            if (crew.plan().attachment() != Attachment.AUTO) throw e.why();
            crew.pullFrom(at);
        } catch (Setback e) {
            setBack(e);
        } catch (IOException e) {
            setBack(Setback.trouble(Phrase.of(e), Duration.ZERO));
        }
        return null;
    }

    private void setBack(Setback why) {
        // Its connection may have been closed for that reason.
        if (!crew.mayTake()) return;
        if (why.isTrouble()) crew.pause(failed(why).pause());
        else {
            addresses.next();
            crew.pause(hub.breath());
        }
    }

    private Trouble failed(Setback why) {
        try {
            return crew.failed(addresses, hub, why);
        } catch (IOException e) {
            throw new IllegalStateException(e); // it is tried for ever
        }
    }

    private void perform(@Nullable Task taken) {
        if (taken == null) return;
        task = taken;
        crew.begun();
        String declined = null;
        try {
            WorkRequest request = taken.begin();
            if (request != null) declined = perform(taken, request);
        } catch (IOException e) {
            String what = "A request was lost before it began: " + Phrase.of(e);
            crew.trouble(new Trouble(addresses.current(), what, 1, Duration.ZERO));
        } finally {
            task = null;
            taken.close();
            crew.ended();
        }
        if (declined != null) unable(declined);
    }

    /** Why it was declined; null if it was not. */
    private @Nullable String perform(Task taken, WorkRequest request) throws IOException {
        long begun = connection.surroundings().ticker().nanos();
        WorkResponse response;
        try {
            response = taken.cancellation().interrupting(() -> handler.handle(request));
        } catch (DeclinedException e) {
            unsure = true;
            String why = Phrase.of(e);
            taken.decline(why);
            return why;
        } catch (Exception | Error e) {
            if (request.isCancelled()) {
                crew.lost(request, UNWANTED);
                return null;
            }
            LOG.log(Level.WARNING, () -> "The handler failed request=" + request + " id=" + request.id(), e);
            response = Problem.of(500, "The worker failed.", "unknown");
        }
        work.succeeded();
        answer(taken, request, response, begun);
        return null;
    }

    private void answer(Task taken, WorkRequest request, WorkResponse response, long begun) {
        try {
            if (request.isCancelled()) throw new IOException(UNWANTED);
            taken.answer(response);
            long took = connection.surroundings().ticker().nanos() - begun;
            crew.answered(request, response.status(), Duration.ofNanos(took));
        } catch (IOException | RuntimeException e) {
            crew.lost(request, Phrase.of(e));
        } finally {
            response.close();
        }
    }
}
