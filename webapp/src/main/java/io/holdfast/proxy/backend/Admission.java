// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.backend;

import io.holdfast.time.Timer.Scheduled;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The right of a request to use a backend. The request waits for the right, has it, and may wait again. Guarded by its
 * {@link BackendQueues}.
 */
public final class Admission {

    /** A request that wants to be admitted. Only one method is called at a time. */
    public interface Holder {
        /** The request may use this backend. It must report the result to the queues. */
        void onAdmitted(Admission admission, Backend backend);

        /** The request is not admitted, and no longer waits. */
        void onRefused(Why why);
    }

    /** The reason why a request is not admitted. */
    public enum Why {
        /** Too many requests wait already. */
        FULL,
        /** No target could be reached before the time was over. */
        UNREACHED,
        /** The targets were busy until the time was over. */
        BUSY,
        /** The proxy is closed. */
        CLOSED
    }

    /** The state of the admission. */
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
    /** Whether its backend counts it among the requests that are still connecting. */
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
