// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.time.Timer.Scheduled;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request's place in the line for a backend. Guarded by its {@link Lines}. */
final class Turn {

    /** Whose turn it is; told one thing at a time. */
    interface Guest {
        /** It may go to this backend, and must say what becomes of that. */
        void served(Turn turn, Backend backend);

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
        BUSY,
        /** There is no proxy any more. */
        CLOSED
    }

    /** Where it is. */
    enum State {
        WAITING,
        INSIDE,
        OVER
    }

    final Lines.Line line;
    final Guest guest;
    final long number, deadline;
    final Set<Backend> tried = new HashSet<>();
    State state = State.WAITING;
    /** Whether its backend counts it among those who are not through yet. */
    boolean connecting;

    int attempts;

    @Nullable
    Backend last;

    @Nullable
    Scheduled alarm;

    Turn(Lines.Line line, Guest guest, long number, long deadline) {
        this.line = line;
        this.guest = guest;
        this.number = number;
        this.deadline = deadline;
    }

    boolean mayTryAgain(long now) {
        return line.isPatient() && now - deadline < 0 && attempts <= line.patience.retries();
    }
}
