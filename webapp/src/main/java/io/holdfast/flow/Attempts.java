// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.flow.Failure.Kind;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How often a request was given to an origin, and whether it may be given to another when an attempt has failed before its head. */
public final class Attempts {
    private final @Nullable RequestBody body;
    private final Set<Kind> retried;
    private final int most;
    private final AtomicInteger begun = new AtomicInteger();

    /**
     * None yet.
     *
     * @param body null if the request has none
     * @param most how many origins may begin to answer it
     * @param retried which failures of those that may have begun let it be tried again
     */
    public Attempts(@Nullable RequestBody body, int most, Set<Kind> retried) {
        this.body = body;
        this.most = most;
        this.retried = Set.copyOf(retried);
    }

    /** Begins one more; says how many that makes. */
    public int begin() {
        return begun.incrementAndGet();
    }

    /** Whether the body can be given from its beginning. */
    public boolean isRepeatable() {
        return body == null || body.isRepeatable();
    }

    /** Ends the newest attempt, which does not count if it was declined; whether another may follow. */
    public boolean mayRetry(Failure why) {
        boolean declined = why.kind() == Kind.DECLINED;
        if (declined) begun.decrementAndGet();
        return isRepeatable() && (declined || (retried.contains(why.kind()) && begun.get() < most));
    }
}
