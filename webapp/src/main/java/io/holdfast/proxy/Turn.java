// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.time.Timer.Scheduled;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request's place in the line for a backend. Guarded by its {@link Lines}. */
final class Turn {

    /** Whose turn it is; told one thing at a time, on an executor's thread. */
    interface Guest {
        /** It may go to this backend. */
        void served(Backend backend);

        /** It need not wait any longer. */
        void turnedAway(Why why);
    }

    /** Why nobody serves it. */
    enum Why {
        /** Too many wait already. */
        FULL,
        /** No target could be reached, in all the time there was. */
        UNREACHED,
        /** The targets were busy all the time. */
        BUSY
    }

    final Lines.Line line;
    final Route.Patience patience;
    final Guest guest;
    final long number, since, deadline;
    final Set<Backend> tried = new HashSet<>();
    int attempts;

    @Nullable
    Backend last;

    @Nullable
    Scheduled alarm;

    Turn(Lines.Line line, Route.Patience patience, Guest guest, long number, long since, long deadline) {
        this.line = line;
        this.patience = patience;
        this.guest = guest;
        this.number = number;
        this.since = since;
        this.deadline = deadline;
    }

    /** Whether it may wait for a backend that is away. */
    boolean isPatient() {
        return !patience.tryDuration().isZero();
    }

    boolean mayTryAgain(long now) {
        return isPatient() && now - deadline < 0 && attempts <= patience.retries();
    }
}
