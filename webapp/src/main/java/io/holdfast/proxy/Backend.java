// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.hc.core5.reactor.IOSession;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a target: how many requests are at it, whether it lets us connect, and connections that wait for the next
 * request. All of it is guarded by the {@link Lines} it belongs to, but for the connections.
 */
final class Backend {
    private static final int ANY_NUMBER = Integer.MAX_VALUE / 2, MOST_IDLE = 256;

    final Target target;
    private final Deque<IOSession> idle = new ArrayDeque<>(); // guarded by itself

    private int active, connecting;
    /** How many may be connecting at a time: doubled by each success, as TCP begins slowly. */
    private int window = ANY_NUMBER;

    private boolean up = true, healthy = true;
    private long retryAt;

    Backend(Target target) {
        this.target = target;
    }

    boolean isUp() {
        return up && healthy;
    }

    boolean isWell() {
        return healthy;
    }

    /** Whether a request may go there that can also wait. */
    boolean isFree(int concurrency, long now) {
        if (!healthy || (concurrency > 0 && active >= concurrency)) return false;
        return up ? connecting < window : connecting == 0 && now - retryAt >= 0;
    }

    /** Whether a request may go there that cannot wait, if nobody else is there. */
    boolean hasPlace(int concurrency) {
        return concurrency == 0 || active < concurrency;
    }

    /** When a request may go there that could not now because nobody got through. */
    long retryAt() {
        return retryAt;
    }

    void enter() {
        active++;
        connecting++;
    }

    void again() {
        connecting++;
    }

    void reached() {
        connecting--;
        if (!up) window = 1;
        up = true;
        window = Math.min(ANY_NUMBER, window * 2);
    }

    void missed(long nextTry) {
        connecting--;
        active--;
        lost(nextTry);
    }

    /** It takes connections, and nothing comes of them. */
    void lost(long nextTry) {
        up = false;
        retryAt = nextTry;
    }

    void leave() {
        active--;
    }

    void heal(boolean well) {
        healthy = well;
        if (well) up = true;
    }

    /** A connection that waits for a request; null if there is none. */
    @Nullable
    IOSession takeIdle() {
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
}
