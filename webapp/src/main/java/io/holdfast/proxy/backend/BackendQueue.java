// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.backend;

import io.holdfast.proxy.routes.Route;
import io.holdfast.proxy.routes.Target;
import io.holdfast.time.Timer.Scheduled;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The requests that wait for the same targets with the same patience. Guarded by its {@link BackendQueues}. */
final class BackendQueue {
    final Kind kind;
    final Route.Patience patience;
    final List<Backend> backends;
    final TreeMap<Long, Admission> waiting = new TreeMap<>();
    int inside, next;

    @Nullable
    Scheduled wake;

    /** The targets and the patience that the requests of one queue share. */
    record Kind(List<Target> targets, Route.Patience patience) {

        static Kind of(Route route) {
            return new Kind(route.targets(), route.patience());
        }
    }

    BackendQueue(Kind kind, List<Backend> backends) {
        this.kind = kind;
        this.backends = backends;
        this.patience = kind.patience;
    }

    /** Whether its requests may wait for a backend that is down. */
    boolean isPatient() {
        return !patience.tryDuration().isZero();
    }

    boolean isFor(Backend backend) {
        return backends.contains(backend);
    }

    boolean isInUse() {
        return inside > 0 || !waiting.isEmpty();
    }

    long first() {
        return waiting.isEmpty() ? Long.MAX_VALUE : waiting.firstKey();
    }
}
