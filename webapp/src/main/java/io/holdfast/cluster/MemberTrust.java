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
 * What this member may be trusted with at this moment.
 *
 * <p>A member that was paused for as long as the others wait for heartbeats may have been replaced meanwhile, and a member that
 * merges after a split holds the state of one side only. Neither may vouch for anything until it stands again: reading from it
 * could show a counter stepping back, and what it acknowledged could be lost. The same holds below the minimum size, and for a
 * member that Hazelcast has stopped.
 *
 * <p>All methods are safe from any thread and none blocks.
 */
public final class MemberTrust {
    /*
     * The pulse: beat() is called every PULSE by the process's timer. A gap between two beats, or between the last beat and the
     * present, longer than the gap limit means that the process did not run. Every question first looks at the clock itself, so
     * that a request which resumes before the timer does is not answered from a stale state.
     *
     * After a gap the member waits for a verdict: if the others have removed it, it loses its connections to them within a
     * heartbeat or two; then it waits for the merge, or for the rejoin window to pass, after which it takes itself for the
     * survivor. If no member is lost while the verdict is due, it never left.
     *
     * A member that is cut off loses the others one at a time, up to a second or two apart: for that long a minority would take
     * itself for enough. With a minimum size each loss is therefore a doubt of its own, until enough of the others have answered
     * a question that was asked after it. The count of members is read from the member list itself, which changes before the
     * partitions do; the event that says so comes later.
     */
    static final Duration PULSE = Duration.ofMillis(100);
    private static final Duration CALM = Duration.ofSeconds(10);
    private static final Duration REJOIN_WINDOW = Duration.ofSeconds(30);

    private final Ticker ticker;
    private final int minimumSize;
    private final long gapLimit, verdictDue;

    private volatile long lastBeat;
    private volatile IntSupplier members = () -> 0;
    private volatile boolean leaving, stopped;

    // The following are guarded by this, and read without it where a stale reading does no harm.
    private volatile int seen; // how many members there were when a change of them was last noticed
    private volatile boolean unsure; // whether the others have yet to answer
    private volatile boolean merging, mergeFailed;
    private volatile boolean suspended;
    private long losses;
    private long suspendedAt;
    private boolean lostSinceSuspended;
    private boolean everLost;
    private volatile @Nullable Long unrestAt;

    MemberTrust(Ticker ticker, int minimumSize, Duration heartbeatLimit) {
        this.ticker = ticker;
        this.minimumSize = minimumSize;
        // The others may count from a heartbeat sent just before the pause.
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

    /** Why not even what the cluster has answered can be passed on; a member that only leaves may do that. */
    Optional<String> doubtOfAnswers() {
        if (stopped) return Optional.of("this member was stopped and must be started again");
        if (merging) return Optional.of("this member is merging with the rest of the cluster");
        if (mergeFailed) return Optional.of("this member could not merge with the rest of the cluster");
        if (suspended || ticker.nanos() - lastBeat > gapLimit)
            return Optional.of("this member was paused and makes sure that it still belongs to the cluster");
        int present = size();
        if (present < minimumSize)
            return Optional.of("the cluster has " + present + " of at least " + minimumSize + " members");
        if (minimumSize > 1 && (unsure || present < seen))
            return Optional.of("the cluster has lost a member and makes sure of the others");
        return Optional.empty();
    }

    /**
     * Whether the cluster has been calm for a while. After a loss or a merge, a client that has seen more than this member knows
     * may well be right.
     */
    public boolean isCalm() {
        Long unrest = unrestAt;
        return unrest == null || ticker.nanos() - unrest > CALM.toNanos();
    }

    /** How many members the cluster has, as seen from here. */
    public int size() {
        int present = members.getAsInt();
        return present == 0 && leaving ? seen : present; // none: this one has left already
    }

    /** The member is up; from now on the pulse is looked at, and how many members there are. */
    void begin(IntSupplier present) {
        members = present;
        seen = present.getAsInt();
        lastBeat = ticker.nanos();
    }

    synchronized void lost() {
        noticeGap();
        losses++;
        unsure = minimumSize > 1;
        seen = size();
        everLost = true;
        if (suspended) lostSinceSuspended = true;
        unrest();
    }

    /** The number of the newest loss, if the others have yet to answer since. */
    synchronized OptionalLong unsureSince() {
        return unsure ? OptionalLong.of(losses) : OptionalLong.empty();
    }

    /** So many others have answered what they were asked after that loss; true when that lifts the doubt. */
    synchronized boolean answered(long loss, int others) {
        if (!unsure || loss != losses || others + 1 < minimumSize) return false;
        unsure = false;
        return true;
    }

    synchronized void joined() {
        seen = size();
        // A member that comes after a loss may bring back the state of another side.
        if (everLost) unrest();
    }

    synchronized void merging() {
        merging = true;
        unrest();
    }

    synchronized void merged() {
        seen = size();
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

    /** Hazelcast has stopped or stops; of no interest where that was our own wish. */
    void stopped() {
        if (!leaving) stopped = true;
    }

    void leaving() {
        leaving = true;
    }

    /** The pulse; true when the member is in good standing again after a doubt. */
    synchronized boolean beat() {
        if (size() < seen) lost(); // before its event has come
        noticeGap();
        if (!suspended) return false;
        long since = lastBeat - suspendedAt;
        if (since > REJOIN_WINDOW.toNanos() || (since > verdictDue && !lostSinceSuspended)) {
            suspended = false;
            return true;
        }
        return false;
    }

    /** Beats, and suspends the member if the beat before was too long ago. The loss of a member may be the first to notice. */
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
