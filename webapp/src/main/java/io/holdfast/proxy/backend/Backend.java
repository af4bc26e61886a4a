// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.backend;

import io.holdfast.proxy.routes.Route;
import io.holdfast.proxy.routes.Target;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.jspecify.annotations.Nullable;

/**
 * The state of a target: whether it accepts connections, how many requests are at its address, and its idle connections. The
 * {@link BackendQueues} that it belongs to guard everything except the connections.
 */
public final class Backend {
    private static final int ANY_NUMBER = Integer.MAX_VALUE / 2, MOST_IDLE = 256;

    public final Target target;
    final Address address;

    private final Deque<IOSession> idle = new ArrayDeque<>(); // guarded by itself

    private int connecting;
    /** How many requests may be connecting at a time. Each success doubles it, similar to the slow start of TCP. */
    private int window = ANY_NUMBER;

    /** The checks that failed when they were last made. */
    private final Set<Route.Health> failed = new HashSet<>();

    private volatile boolean up = true;
    private long retryAt;

    /** An address. Several targets may share it, for example one with TLS and one without. */
    static final class Address {
        /** The queues of the requests that wait for this address. */
        final Set<BackendQueue> queues = new HashSet<>();

        private int active;
    }

    Backend(Target target, Address address) {
        this.target = target;
        this.address = address;
    }

    /** Whether the last attempt to connect succeeded. */
    boolean isUp() {
        return up;
    }

    /** Whether all health checks passed when they were last made. True if there are no checks. */
    boolean isWell() {
        return failed.isEmpty();
    }

    /** The number of requests at its address. */
    int active() {
        return address.active;
    }

    int connecting() {
        return connecting;
    }

    /** Whether a request may go to the backend now, if it could also wait. */
    boolean isFree(int concurrency, long now) {
        if (!isWell() || !hasPlace(concurrency)) return false;
        return up ? connecting < window : connecting == 0 && now - retryAt >= 0;
    }

    /** Whether the address has room for another request, even if the backend is down. */
    boolean hasPlace(int concurrency) {
        return concurrency == 0 || address.active < concurrency;
    }

    /** The time at which the next request may try the backend while it is down. */
    long retryAt() {
        return retryAt;
    }

    void enter() {
        address.active++;
        connecting++;
    }

    void again() {
        connecting++;
    }

    /** A request has connected. */
    void reached() {
        connecting--;
        if (!up) window = 1;
        up = true;
        window = Math.min(ANY_NUMBER, window * 2);
    }

    /** A request has stopped connecting. */
    void givenUp() {
        connecting--;
    }

    /** A connection or a request has failed. */
    void lost(long nextTry) {
        up = false;
        retryAt = nextTry;
    }

    void leave() {
        address.active--;
    }

    /** Takes the result of a health check. */
    void heal(Route.Health check, boolean well) {
        if (!well) failed.add(check);
        else if (failed.remove(check)) up = true;
    }

    /** Takes an idle connection; null if there is none, or if the backend is down and the connections may be dead. */
    @Nullable
    IOSession takeIdle() {
        if (!up) return null;
        synchronized (idle) {
            // The backend is least likely to have closed the newest connection.
            for (IOSession session = idle.pollLast(); session != null; session = idle.pollLast())
                if (session.isOpen()) return session;
            return null;
        }
    }

    /** Keeps a connection for a later request; false if there are enough idle connections. */
    boolean keepIdle(IOSession session) {
        synchronized (idle) {
            idle.removeIf(other -> !other.isOpen());
            return idle.size() < MOST_IDLE && idle.offerLast(session);
        }
    }

    /** Closes the idle connections. */
    void closeIdle() {
        synchronized (idle) {
            idle.forEach(session -> session.close(CloseMode.GRACEFUL));
            idle.clear();
        }
    }
}
