// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.flow.Failure.Kind;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the attempts of a request, and decides whether another origin may be asked after an attempt has failed without a response head.
 */
public final class Attempts {
    private final @Nullable RequestBody body;
    private final Set<Kind> retried;
    private final int most;
    private final AtomicInteger begun = new AtomicInteger();
    private volatile boolean mayHaveBegun;

    /**
     * No attempts yet.
     *
     * @param body null if the request has none
     * @param most how many origins may begin to answer it
     * @param retried the failures after which another attempt is allowed, although the origin may have begun
     */
    public Attempts(@Nullable RequestBody body, int most, Set<Kind> retried) {
        this.body = body;
        this.most = most;
        this.retried = Set.copyOf(retried);
    }

    /** Begins an attempt. Returns the number of attempts so far. */
    public int begin() {
        return begun.incrementAndGet();
    }

    /** Whether the body can be given from its beginning. */
    public boolean isRepeatable() {
        return body == null || body.isRepeatable();
    }

    /** Ends the newest attempt, and returns whether another may follow. An attempt that was declined does not count. */
    public boolean mayRetry(Failure why) {
        if (why.mayHaveBegun()) mayHaveBegun = true;
        boolean declined = why.kind() == Kind.DECLINED;
        if (declined) begun.decrementAndGet();
        return isRepeatable() && (declined || (retried.contains(why.kind()) && begun.get() < most));
    }

    /** Whether the origin of an attempt that has ended may have begun. */
    public boolean mayHaveBegun() {
        return mayHaveBegun;
    }

    /** The failure as the client learns it: no later failure hides that the origin of an earlier attempt may have begun. */
    public Failure told(Failure why) {
        return mayHaveBegun ? why.afterBegin() : why;
    }
}
