// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import io.holdfast.time.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether this member can be trusted at this moment.
 *
 * <p>A member that was paused for as long as the others wait for heartbeats may have been replaced in the meantime. A member that
 * merges after a split has the state of one side only. Neither may vouch for anything: a read from it could show a counter stepping
 * back, and a write that it acknowledges could be lost. The same holds for a member below the minimum size, and for one that
 * Hazelcast has stopped.
 *
 * <p>All methods are safe from any thread and none blocks.
 */
public final class MemberTrust {
    /*
     * The pulse: the timer of the process calls beat() every PULSE. If two beats, or the last beat and the present, are further apart
     * than the gap limit, the process did not run. The check doubt() reads the clock itself, because a request may resume before the
     * timer does. Such a request must not be answered from a stale state.
     *
     * After a gap, the member waits for a verdict. If the others have removed it, it loses its connections to them within one or
     * two heartbeats. It then waits for the merge. If the rejoin window passes without one, it takes itself for the survivor. If
     * no member is lost while the verdict is due, this member was never removed.
     *
     * A member that is cut off loses the others one at a time, up to two seconds apart. For that long, a minority would take itself
     * for enough. With a minimum size, each loss is therefore a doubt of its own. It lasts until enough of the others have answered
     * a question that was asked after it. A member that has announced that it leaves is not lost: it has handed over what it held.
     * The number of members is read from the member list itself, which changes before the partitions do; the event of the change
     * comes later.
     */
    static final Duration PULSE = Duration.ofMillis(100);
    private static final Duration CALM = Duration.ofSeconds(10);
    private static final Duration REJOIN_WINDOW = Duration.ofSeconds(30);

    private static final String MAKES_SURE = "the cluster has lost a member and makes sure of the others";

    private final Ticker ticker;
    private final Quorum quorum;
    private final long gapLimit, verdictDue;

    private volatile long lastBeat;
    private volatile IntSupplier members = () -> 0, accounted = () -> 0;
    private volatile boolean leaving, stopped;

    // These fields are guarded by this, but are read without the lock if a stale value does no harm.
    private volatile int seen; // The number of members at the last change that was noticed.
    private volatile boolean unsure; // Whether the others have yet to answer.
    private volatile boolean merging, mergeFailed;
    private volatile boolean suspended;
    private long losses;
    private long suspendedAt;
    private boolean lostSinceSuspended;
    private boolean everLost;
    private volatile @Nullable Long unrestAt;

    MemberTrust(Ticker ticker, Quorum quorum, Duration heartbeatLimit) {
        this.ticker = ticker;
        this.quorum = quorum;
        // The others may have got the last heartbeat just before the pause.
        this.gapLimit = heartbeatLimit.multipliedBy(4).dividedBy(5).toNanos()
                - Duration.ofMillis(500).toNanos();
        this.verdictDue = heartbeatLimit.toNanos();
        this.lastBeat = ticker.nanos();
    }

    /** Why this member may not vouch for the state now; empty when it may. */
    public Optional<String> doubt() {
        if (leaving) return Optional.of("this member is leaving the cluster");
        return doubtOfAnswers();
    }

    /** Whether the doubt is one that usually passes within a moment: a member was lost, and the others are asked whether they are there. */
    boolean makesSure() {
        return doubt().filter(MAKES_SURE::equals).isPresent();
    }

    /** Why not even answers of the cluster can be passed on; empty if they can. A member that is leaving still may. */
    Optional<String> doubtOfAnswers() {
        if (stopped) return Optional.of("this member was stopped and must be started again");
        if (merging) return Optional.of("this member is merging with the rest of the cluster");
        if (mergeFailed) return Optional.of("this member could not merge with the rest of the cluster");
        if (suspended || ticker.nanos() - lastBeat > gapLimit)
            return Optional.of("this member was paused and makes sure that it still belongs to the cluster");
        int present = size(), minimum = quorum.minimum();
        if (present < minimum)
            return Optional.of("the cluster has " + present + " of at least " + minimum + " members");
        if (minimum > 1 && (unsure || lacksAny())) return Optional.of(MAKES_SURE);
        return Optional.empty();
    }

    private boolean lacksAny() {
        return accounted.getAsInt() < seen && lacksOne();
    }

    /** Race: a member that joins or leaves against the two readings; under the lock, what was seen stays, so the list is newer. */
    private synchronized boolean lacksOne() {
        return accounted.getAsInt() < seen;
    }

    /**
     * Whether there was no loss or merge for a while. Shortly after one, a client that claims to have seen more than this member
     * knows may be right.
     */
    public boolean isCalm() {
        Long unrest = unrestAt;
        return unrest == null || ticker.nanos() - unrest > CALM.toNanos();
    }

    /**
     * Whether a record that is unknown here may exist elsewhere. Members that were lost may go on as a cluster of their own, and bring
     * their records back when they merge; shortly after a loss or a merge, records may be on their way.
     *
     * @param kept after a loss that is longer ago, a record would be kept no more
     */
    public boolean mayBeElsewhere(Duration kept) {
        Long unrest = unrestAt;
        if (unrest == null) return false;
        boolean othersGoOn = quorum.seen() - size() >= quorum.minimum();
        return !isCalm() || (othersGoOn && ticker.nanos() - unrest < kept.toNanos());
    }

    /** How many members the cluster has, as seen from here. */
    public int size() {
        int present = members.getAsInt();
        return present == 0 && leaving ? seen : present; // after this member has left, it sees none
    }

    /** As {@link #begin(IntSupplier, IntSupplier)}, where no member announces that it leaves. */
    void begin(IntSupplier present) {
        begin(present, present);
    }

    /**
     * The member is up: from now on, the pulse and the number of members are watched.
     *
     * @param present reads how many members there are
     * @param known reads how many there are, and those that have announced that they leave and were not {@linkplain #left counted out}
     */
    void begin(IntSupplier present, IntSupplier known) {
        members = present;
        accounted = known;
        seen = present.getAsInt();
        quorum.present(seen);
        lastBeat = ticker.nanos();
    }

    synchronized void lost() {
        noticeGap();
        losses++;
        unsure = quorum.minimum() > 1;
        seen = size();
        everLost = true;
        if (suspended) lostSinceSuspended = true;
        unrest();
    }

    /** A member has left that had announced it; to be called as long as it still counts as known. */
    synchronized void left() {
        noticeGap();
        // The list may already lack a member that is lost, and has not been told yet.
        seen = Math.max(seen - 1, size());
        if (suspended) lostSinceSuspended = true;
    }

    /** The number of the newest loss, if the others have yet to answer since. */
    synchronized OptionalLong unsureSince() {
        return unsure ? OptionalLong.of(losses) : OptionalLong.empty();
    }

    /** Called when so many others have answered a question that was asked after that loss. True if that ends the doubt. */
    synchronized boolean answered(long loss, int others) {
        if (!unsure || loss != losses || others + 1 < quorum.minimum()) return false;
        unsure = false;
        return true;
    }

    synchronized void joined() {
        seen = size();
        quorum.present(seen);
        // A member that comes after a loss may bring back the state of another side.
        if (everLost) unrest();
    }

    synchronized void merging() {
        merging = true;
        unrest();
    }

    synchronized void merged() {
        seen = size();
        quorum.present(seen);
        merging = false;
        mergeFailed = false;
        suspended = false;
        unrest();
    }

    synchronized void mergeFailed() {
        merging = false;
        mergeFailed = true;
        unrest();
    }

    /** Hazelcast stops or has stopped. That is a doubt unless this process is leaving the cluster. */
    void stopped() {
        if (!leaving) stopped = true;
    }

    void leaving() {
        leaving = true;
    }

    /** The pulse. True if the member can be trusted again after a pause. */
    synchronized boolean beat() {
        if (accounted.getAsInt() < seen) lost(); // before its event has come
        noticeGap();
        if (!suspended) return false;
        long since = lastBeat - suspendedAt;
        if (since > REJOIN_WINDOW.toNanos() || (since > verdictDue && !lostSinceSuspended)) {
            suspended = false;
            return true;
        }
        return false;
    }

    /** Notes a beat, and suspends the member if the beat before was too long ago. The loss of a member may notice that first. */
    private synchronized void noticeGap() {
        long now = ticker.nanos();
        if (now - lastBeat > gapLimit) {
            if (!suspended) lostSinceSuspended = false;
            suspended = true;
            suspendedAt = now;
            unrest();
        }
        lastBeat = now;
    }

    private void unrest() {
        unrestAt = ticker.nanos();
    }
}
