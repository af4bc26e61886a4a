// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.jspecify.annotations.Nullable;

/**
 * The state of a target: whether it lets us connect, how many requests are at its address, and connections that wait for the next
 * request. All of it is guarded by the {@link BackendQueues} it belongs to, but for the connections.
 */
final class Backend {
    private static final int ANY_NUMBER = Integer.MAX_VALUE / 2, MOST_IDLE = 256;

    final Target target;
    final Address address;

    private final Deque<IOSession> idle = new ArrayDeque<>(); // guarded by itself

    private int connecting;
    /** How many may be connecting at a time: doubled by each success, as TCP begins slowly. */
    private int window = ANY_NUMBER;

    /** The checks that it did not pass when they were made last. */
    private final Set<Route.Health> failed = new HashSet<>();

    private volatile boolean up = true;
    private long retryAt;

    /** Where targets are that differ in how they are spoken to. */
    static final class Address {
        /** The queues of those who wait for it. */
        final Set<BackendQueue> queues = new HashSet<>();

        private int active;
    }

    Backend(Target target, Address address) {
        this.target = target;
        this.address = address;
    }

    /** Whether it let us connect when that was tried last. */
    boolean isUp() {
        return up;
    }

    /** Whether it passed all checks of its health when they were made last, if there are any. */
    boolean isWell() {
        return failed.isEmpty();
    }

    /** How many requests are at its address. */
    int active() {
        return address.active;
    }

    int connecting() {
        return connecting;
    }

    /** Whether a request may go there that can also wait. */
    boolean isFree(int concurrency, long now) {
        if (!isWell() || !hasPlace(concurrency)) return false;
        return up ? connecting < window : connecting == 0 && now - retryAt >= 0;
    }

    /** Whether it would be given another request if it were there. */
    boolean hasPlace(int concurrency) {
        return concurrency == 0 || address.active < concurrency;
    }

    /** When a request may go there that could not now because nobody got through. */
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

    /** Somebody got through. */
    void reached() {
        connecting--;
        if (!up) window = 1;
        up = true;
        window = Math.min(ANY_NUMBER, window * 2);
    }

    /** Somebody does not try to get through any more. */
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

    /** It has passed a check, or has not. */
    void heal(Route.Health check, boolean well) {
        if (!well) failed.add(check);
        else if (failed.remove(check)) up = true;
    }

    /** A connection that waits for a request; null if there is none, or it may well be dead. */
    @Nullable
    IOSession takeIdle() {
        if (!up) return null;
        synchronized (idle) {
            // The newest is the least likely to have been closed.
            for (IOSession session = idle.pollLast(); session != null; session = idle.pollLast())
                if (session.isOpen()) return session;
            return null;
        }
    }

    /** Keeps a connection for the next request; false if there are enough. */
    boolean keepIdle(IOSession session) {
        synchronized (idle) {
            idle.removeIf(other -> !other.isOpen());
            return idle.size() < MOST_IDLE && idle.offerLast(session);
        }
    }

    /** Closes the connections that wait. */
    void closeIdle() {
        synchronized (idle) {
            idle.forEach(session -> session.close(CloseMode.GRACEFUL));
            idle.clear();
        }
    }
}
