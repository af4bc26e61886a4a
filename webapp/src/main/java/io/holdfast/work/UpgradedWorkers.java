// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.access.Access;
import io.holdfast.flow.Connections;
import io.holdfast.flow.UpgradedSession;
import io.holdfast.http.Call;
import io.holdfast.http.message.Json;
import io.holdfast.http.server.Upgraded;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.apache.hc.core5.io.CloseMode;

/** The workers that connect over HTTP and upgrade their connections. They then get requests on these connections. */
final class UpgradedWorkers implements AutoCloseable {
    private static final String PROTOCOL = "PTTH/1.0";

    private final Matchmaker matchmaker;
    private final Access access;
    private final Json json;
    private final Semaphore places;
    private final Set<UpgradedSession> sessions = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    UpgradedWorkers(Matchmaker matchmaker, Access access, Json json, Semaphore places) {
        this.matchmaker = matchmaker;
        this.access = access;
        this.json = json;
        this.places = places;
    }

    /** A worker connects. */
    void dial(Call call) throws IOException {
        access.toWork(call);
        String queue = call.name("queue");
        if (closed || places.availablePermits() == 0) call.answer(json.full());
        else call.upgrade(PROTOCOL, connection -> begin(queue, connection));
    }

    private void begin(String queue, Upgraded connection) {
        UpgradedSession session =
                UpgradedSession.open(connection, Connections.http1(), matchmaker.clocks(), matchmaker.executor());
        if (!places.tryAcquire()) {
            session.close(CloseMode.IMMEDIATE);
            return;
        }
        ConnectionOrigin worker = new ConnectionOrigin(matchmaker, queue, session, session::rest, false);
        sessions.add(session);
        session.whenOver(() -> {
            sessions.remove(session);
            places.release();
            worker.onClosed();
        });
        worker.idle();
        if (closed) session.close(CloseMode.IMMEDIATE);
    }

    /** Closes the connections. */
    @Override
    public void close() {
        closed = true;
        sessions.forEach(session -> session.close(CloseMode.IMMEDIATE));
    }
}
