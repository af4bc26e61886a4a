// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Asks for each request over plain HTTP. */
final class Pull implements Source {
    private static final Duration HOLD = Duration.ofSeconds(30);
    /** An answer that brings nothing sooner than this was not held. */
    private static final Duration TOO_SOON = Duration.ofSeconds(1);

    private final Crew crew;
    private final Addresses addresses;
    private final Connection connection;
    private volatile @Nullable Asked held;
    private @Nullable URI known;

    Pull(Crew crew, Addresses addresses, Connection connection) {
        this.crew = crew;
        this.addresses = addresses;
        this.connection = connection;
    }

    @Override
    public @Nullable Task take(URI at) throws IOException {
        // Whoever begins wants to know whether it may, and does not wait to hear it.
        boolean first = !at.equals(known);
        known = null;
        Duration hold = first ? Duration.ZERO : HOLD;
        long asked = connection.surroundings().ticker().nanos();
        HttpResponse<InputStream> answer = ask(hold);
        if (answer == null) return null;
        Head head = Asked.head(answer);
        if (head.status() != 200) nothing(head, Asked.explanation(answer));
        known = at;
        crew.attached(at, Attachment.PULL);
        if (head.status() == 200) return lease(head, answer.body());
        Duration took = Duration.ofNanos(connection.surroundings().ticker().nanos() - asked);
        if (!first && took.compareTo(TOO_SOON) < 0) throw Setback.draining();
        return null;
    }

    /** Null if it was not to wait any more. */
    private @Nullable HttpResponse<InputStream> ask(Duration hold) throws IOException {
        URI next = addresses.at(
                "/workers/" + crew.plan().queue() + "/next", Map.of("wait", Long.toString(hold.toSeconds())));
        HttpRequest request = connection.request(next).build();
        Asked asked = new Asked(connection, request, hold.plus(Connection.GRACE), () -> 0);
        held = asked;
        // Whoever ends the waiting may have looked before.
        if (!crew.mayTake()) asked.cancel();
        try {
            return asked.answer();
        } catch (CancellationException e) {
            return null;
        } finally {
            held = null;
        }
    }

    private void nothing(Head head, byte[] body) throws Setback {
        if (head.status() == 204) return;
        if (head.isPassing()) throw Setback.trouble(Phrase.of(head, body), connection.retryAfter(head));
        throw RefusedException.of(head, body);
    }

    private Task lease(Head head, InputStream body) throws IOException {
        try {
            return new Lease(crew, addresses, connection, head, body);
        } catch (Unreadable e) {
            body.close();
            throw Setback.trouble(Phrase.of(e), Duration.ZERO);
        } catch (IOException e) {
            body.close();
            throw e;
        }
    }

    @Override
    public boolean isAttached() {
        return false;
    }

    @Override
    public void leave() {
        Asked asked = held;
        if (asked != null) asked.cancel();
    }

    @Override
    public void close() {
        leave();
    }
}
