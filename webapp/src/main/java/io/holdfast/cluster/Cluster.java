// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.map.IMap;
import com.hazelcast.partition.MigrationListener;
import com.hazelcast.partition.MigrationState;
import com.hazelcast.partition.ReplicaMigrationEvent;
import io.holdfast.time.Ticker;
import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** This JVM's member of the cluster: opened once, closed once. */
public final class Cluster implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Cluster.class.getName());

    private final HazelcastInstance member;
    private final Standing standing;
    private final Signals signals;
    private final Scheduled pulse;
    private final List<Runnable> recheckers = new CopyOnWriteArrayList<>();

    private Cluster(HazelcastInstance member, Standing standing, Timer timer, boolean signals) {
        this.member = member;
        this.standing = standing;
        this.signals = new Signals(member.getTopic("holdfast.signals"), signals);
        member.getCluster().addMembershipListener(new Members());
        member.getPartitionService().addMigrationListener(new Migrations());
        member.getLifecycleService().addLifecycleListener(event -> lifecycle(event.getState()));
        standing.begin(size());
        this.pulse = timer.every(Standing.PULSE, () -> {
            if (standing.beat()) recheck();
        });
    }

    /**
     * Starts the member and joins.
     *
     * @throws IllegalStateException if the member port is taken
     * @throws com.hazelcast.core.HazelcastException if it cannot start for another reason
     */
    public static Cluster open(ClusterOptions options, List<ClusterPart> parts, Ticker ticker, Timer timer) {
        Completions.use();
        HazelcastInstance member = start(options, parts);
        Standing standing = new Standing(ticker, options.minimumSize(), options.heartbeatLimit());
        Cluster cluster = new Cluster(member, standing, timer, options.signals() == ClusterOptions.Signalling.ON);
        LOG.log(
                Level.INFO,
                () -> "Member is up name=" + member.getConfig().getClusterName() + " address="
                        + member.getCluster().getLocalMember().getAddress() + " members=" + cluster.size());
        return cluster;
    }

    private static HazelcastInstance start(ClusterOptions options, List<ClusterPart> parts) {
        try {
            return NetworkSettings.during(() -> Hazelcast.newHazelcastInstance(MemberConfig.of(options, parts)));
        } catch (RuntimeException e) {
            Completions.release();
            // Hazelcast has logged the whole of it.
            if (e.getCause() instanceof BindException)
                throw new IllegalStateException("Member port " + options.port() + " on " + options.address()
                        + " cannot be used: " + e.getCause().getMessage()
                        + ". Stop what holds it, or choose another with cluster.port (--cluster-port).");
            throw e;
        }
    }

    /** What this member may be trusted with. */
    public Standing standing() {
        return standing;
    }

    /** Hints to and from the other members. */
    public Signals signals() {
        return signals;
    }

    /** A map of the cluster, for the store of a room. */
    public <K, V> IMap<K, V> map(String name) {
        return member.getMap(name);
    }

    /** Has this run whenever members, partitions or standing have changed, so that hints may have been missed. Must be quick. */
    public void onUnrest(Runnable recheck) {
        recheckers.add(recheck);
    }

    /** The address of this member, for humans. */
    public String address() {
        return member.getCluster().getLocalMember().getAddress().toString();
    }

    /** Leaves the cluster, handing over what this member holds, and stops every thread of it. */
    @Override
    public void close() {
        standing.leaving();
        pulse.cancel();
        member.shutdown();
        Completions.release();
    }

    private int size() {
        return member.getCluster().getMembers().size();
    }

    private void recheck() {
        recheckers.forEach(Runnable::run);
    }

    private void lifecycle(LifecycleState state) {
        switch (state) {
            case MERGING -> standing.merging();
            case MERGED, MERGE_FAILED -> {
                standing.merged(size());
                recheck();
            }
            default -> {
                // Starting and stopping are ours.
            }
        }
    }

    private final class Members implements MembershipListener {

        @Override
        public void memberAdded(MembershipEvent event) {
            standing.joined(event.getMembers().size());
            LOG.log(
                    Level.INFO,
                    () -> "Member joined address=" + event.getMember().getAddress() + " members="
                            + event.getMembers().size());
            recheck();
        }

        @Override
        public void memberRemoved(MembershipEvent event) {
            standing.lost(event.getMembers().size());
            LOG.log(
                    Level.INFO,
                    () -> "Member left address=" + event.getMember().getAddress() + " members="
                            + event.getMembers().size());
            recheck();
        }
    }

    private final class Migrations implements MigrationListener {

        @Override
        public void migrationStarted(MigrationState state) {}

        @Override
        public void migrationFinished(MigrationState state) {
            recheck();
        }

        @Override
        public void replicaMigrationCompleted(ReplicaMigrationEvent event) {}

        @Override
        public void replicaMigrationFailed(ReplicaMigrationEvent event) {}
    }
}
