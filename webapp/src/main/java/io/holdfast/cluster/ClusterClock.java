// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.cluster.Cluster;
import io.holdfast.cluster.Signals.Replies;
import io.holdfast.time.Clocks;
import io.holdfast.time.SteadyTime;
import io.holdfast.time.Timer.Scheduled;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The time of the cluster, and how far this member's own clock is from those of the others.
 *
 * <p>The oldest member has the time. It begins as its wall clock, and approaches that clock if somebody sets it. Each other member takes
 * the time when it joins, and approaches it from then on. So the time goes on when the oldest member leaves, and a wrong wall clock at
 * any member changes nothing that is stored.
 */
final class ClusterClock {
    private static final Logger LOG = System.getLogger(ClusterClock.class.getName());
    private static final String ROOM = "cluster.clock";
    private static final Duration PAUSE = Duration.ofSeconds(5),
            PATIENCE = Duration.ofSeconds(2),
            FIRST_PATIENCE = Duration.ofMillis(500);

    /** So many exchanges show that a clock is wrong. If a host resumes, all clocks jump, and each member learns of the others in turn. */
    private static final int CERTAIN = 3;

    /** A greater difference is logged. */
    private static final Duration TOLERANCE = Duration.ofSeconds(5);

    private final Signals signals;
    private final Cluster members;
    private final Clocks clocks;
    private final long limit;
    private final SteadyTime time;
    /** By how many milliseconds the wall clock of each other member is ahead of the time of the cluster. */
    private final Map<String, Long> ahead = new ConcurrentHashMap<>();
    /** Whether the time was taken from the oldest member, or is this member's own. */
    private volatile boolean set;

    private volatile int wrong; // exchanges in a row
    private final AtomicBoolean warned = new AtomicBoolean();
    private Scheduled exchanges = () -> {};

    ClusterClock(Signals signals, Cluster members, Clocks clocks, Duration limit) {
        this.signals = signals;
        this.members = members;
        this.clocks = clocks;
        this.limit = limit.toMillis();
        // Hazelcast has learnt it when it joined.
        this.time = new SteadyTime(clocks.ticker(), members.getClusterTime());
    }

    /** Takes the time from the oldest member and keeps to it. Waits for the first answer for a while. */
    void begin() {
        signals.listen(ROOM, (sender, skew, reply) -> {
            ahead.put(sender, ByteBuffer.wrap(skew).getLong());
            reply.accept(time.millis());
        });
        try {
            exchange(FIRST_PATIENCE).toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.DEBUG, "The time of the cluster is asked for again", e);
        }
        exchanges = clocks.timer().every(PAUSE, () -> exchange(PATIENCE));
    }

    /** The time of the cluster. */
    InstantSource time() {
        return time;
    }

    /** This member has merged with others, whose time it takes. */
    void merged() {
        set = false;
        exchange(PATIENCE);
    }

    void close() {
        exchanges.cancel();
    }

    private CompletionStage<Void> exchange(Duration patience) {
        try {
            return signals.ask(ROOM, signals.name(), skew(), patience, true).thenAccept(new Exchange()::end);
        } catch (RuntimeException left) {
            return CompletableFuture.failedStage(left);
        }
    }

    private byte[] skew() {
        return ByteBuffer.allocate(Long.BYTES).putLong(ownAhead()).array();
    }

    private long ownAhead() {
        return clocks.wall().millis() - time.millis();
    }

    private String oldest() {
        // After this member has left, it sees none.
        return members.getMembers().stream().findFirst().map(Signals::nameOf).orElse(signals.name());
    }

    /** One question to the others, which also tells them about the clock of this member. */
    private final class Exchange {
        private final long begun = clocks.ticker().nanos();

        void end(Replies replies) {
            ahead.keySet().retainAll(signals.others());
            String oldest = oldest();
            if (oldest.equals(signals.name())) approachWall();
            else {
                Long shown = replies.numbers().get(oldest);
                // The reply may have waited here for that of a member that is silent.
                long way = replies.silent().isEmpty() ? clocks.ticker().nanos() - begun : 0;
                if (shown != null) follow(shown + TimeUnit.NANOSECONDS.toMillis(way / 2));
            }
            judge();
        }
    }

    private synchronized void approachWall() {
        time.approach(clocks.wall().millis());
        set = true;
    }

    private synchronized void follow(long millis) {
        if (set) time.approach(millis);
        else time.set(millis);
        set = true;
    }

    /**
     * By how many milliseconds the wall clock of this member is ahead of the others'. They are represented by the clock in the middle. Of
     * two in the middle, the one nearer to that of the oldest member counts.
     */
    long skewMillis() {
        long own = ownAhead();
        return own - middle(own, ahead, signals.name(), oldest());
    }

    static long middle(long own, Map<String, Long> others, String me, String oldest) {
        List<Long> sorted =
                Stream.concat(Stream.of(own), others.values().stream()).sorted().toList();
        long lower = sorted.get((sorted.size() - 1) / 2), upper = sorted.get(sorted.size() / 2);
        @Nullable Long first = oldest.equals(me) ? Long.valueOf(own) : others.get(oldest);
        long near = first == null ? own : first;
        return Math.abs(near - lower) <= Math.abs(near - upper) ? lower : upper;
    }

    /** Why this member is not ready; empty if its clock agrees with the others'. */
    Optional<String> doubt() {
        return wrong < CERTAIN ? Optional.empty() : Optional.of(text(skewMillis()) + ", more than cluster.skew-limit");
    }

    private static String text(long skew) {
        return "the clock of this machine is "
                + Duration.ofMillis(Math.abs(skew)).toSeconds() + " s " + (skew > 0 ? "ahead of" : "behind")
                + " those of the other members";
    }

    private void judge() {
        long skew = skewMillis();
        wrong = Math.abs(skew) > limit ? Math.min(wrong + 1, CERTAIN) : 0;
        boolean off = Math.abs(skew) > TOLERANCE.toMillis();
        if (warned.getAndSet(off) == off) return;
        if (off) LOG.log(Level.WARNING, () -> "Set the clock: " + text(skew));
        else LOG.log(Level.INFO, "The clock of this machine agrees with those of the other members");
    }
}
