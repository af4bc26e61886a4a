// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.time.Timer.Scheduled;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The right of a request to use a backend: it waits for that, has it, perhaps waits anew. Guarded by its {@link BackendQueues}. */
final class Admission {

    /** A request that wants to be admitted. Called one method at a time. */
    interface Holder {
        /** It may use this backend, and must tell the queues what becomes of that. */
        void onAdmitted(Admission admission, Backend backend);

        /** It need not wait any longer. */
        void onRefused(Why why);
    }

    /** Why it is not admitted. */
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

    final BackendQueue queue;
    final Holder holder;
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

    Admission(BackendQueue queue, Holder holder, long number, long deadline) {
        this.queue = queue;
        this.holder = holder;
        this.number = number;
        this.deadline = deadline;
    }

    boolean mayTryAgain(long now) {
        return queue.isPatient() && now - deadline < 0 && attempts <= queue.patience.retries();
    }
}
