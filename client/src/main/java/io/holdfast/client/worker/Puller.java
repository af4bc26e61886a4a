// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.Attachment;
import io.holdfast.client.RefusedException;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.ResponseHead;
import io.holdfast.client.http.Transport;
import io.holdfast.client.http.UnreadableException;
import io.holdfast.client.time.Stopwatch;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Pulls each request over plain HTTP. The thread of one work loop uses it, except for {@link #leave}. */
final class Puller {
    private static final Duration HOLD = Duration.ofSeconds(30);
    /** The member did not hold a pull that brings nothing sooner than this. */
    private static final Duration TOO_SOON = Duration.ofSeconds(1);

    private final ActiveWorker worker;
    private final Addresses addresses;
    private final Transport transport;
    private volatile @Nullable BlockingRequest held;
    private @Nullable URI known;

    Puller(ActiveWorker worker, Addresses addresses, Transport transport) {
        this.worker = worker;
        this.addresses = addresses;
        this.transport = transport;
    }

    /**
     * Waits for a request at that address; null if none came, or if the worker may take nothing new.
     *
     * @throws RefusedException if that address will never give one
     */
    @Nullable
    Assignment take(URI at) throws IOException {
        // The first pull at an address is not held, so that its answer tells at once whether this worker may pull.
        boolean isFirst = !at.equals(known);
        known = null;
        Stopwatch asked = transport.clocks().stopwatch();
        HttpResponse<InputStream> answer = pull(isFirst ? Duration.ZERO : HOLD);
        if (answer == null) return null;
        ResponseHead head = BlockingRequest.head(answer);
        if (head.status() != 200) onNothing(head, BlockingRequest.explanation(answer));
        known = at;
        worker.notifyAttached(at, Attachment.PULL);
        if (head.status() == 200) return lease(head, answer.body());
        if (!isFirst && asked.elapsed().compareTo(TOO_SOON) < 0) throw UnavailableException.draining();
        return null;
    }

    /** The answer; null if the wait was ended. */
    private @Nullable HttpResponse<InputStream> pull(Duration hold) throws IOException {
        URI next = addresses.at(
                "/workers/" + worker.plan().queue() + "/next", Map.of("wait", Long.toString(hold.toSeconds())));
        HttpRequest request = transport.request(next).build();
        BlockingRequest pull = new BlockingRequest(transport, request, hold.plus(Transport.GRACE), () -> 0);
        held = pull;
        // Race: this thread against leave(), which may have looked at the field before; then this thread cancels.
        if (!worker.mayTake()) pull.cancel();
        try {
            return pull.answer();
        } catch (CancellationException e) {
            return null;
        } finally {
            held = null;
        }
    }

    private void onNothing(ResponseHead head, byte[] body) throws UnavailableException {
        if (head.status() == 204) return;
        if (head.isTransient()) throw UnavailableException.of(head, body, transport);
        throw head.refusal(body);
    }

    private Assignment lease(ResponseHead head, InputStream body) throws IOException {
        try {
            return new Lease(worker, addresses, transport, head, body);
        } catch (UnreadableException e) {
            body.close();
            throw UnavailableException.of(e);
        } catch (IOException e) {
            body.close();
            throw e;
        }
    }

    /** Ends the wait, unless a request has come. */
    void leave() {
        BlockingRequest pull = held;
        if (pull != null) pull.cancel();
    }
}
