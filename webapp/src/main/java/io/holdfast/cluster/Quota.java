// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * This member's share of a limit of the cluster; all members have the same share. The entries of a member are counted at intervals, so
 * the cluster may hold a little more than the limit.
 */
public final class Quota {
    private final MemberTrust members;
    private final long most;
    private final LongSupplier owned;
    private final AtomicLong added = new AtomicLong();
    private volatile long counted, share = Long.MAX_VALUE / 4;

    /**
     * A share that is not limited before it is first counted.
     *
     * @param most how much the cluster may hold
     * @param owned counts how much of it this member owns
     */
    public Quota(Cluster cluster, long most, LongSupplier owned) {
        this(cluster.trust(), most, owned);
    }

    Quota(MemberTrust members, long most, LongSupplier owned) {
        this.members = members;
        this.most = most;
        this.owned = owned;
    }

    /** Counts what this member owns, and how many members there are. */
    public void count() {
        long before = added.get();
        counted = owned.getAsLong();
        added.addAndGet(-before);
        share = -Math.floorDiv(-most, Math.max(1L, members.size()));
    }

    /** Counts so much as this member's until it counts all again. */
    public void add(long amount) {
        added.addAndGet(amount);
    }

    /** Whether this member owns less than its share. */
    public boolean hasRoom() {
        return counted + added.get() < share;
    }

    /** Whether this member owns more than so many times its share. */
    public boolean isOver(int shares) {
        return counted + added.get() > shares * share;
    }
}
