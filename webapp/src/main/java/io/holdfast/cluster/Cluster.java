// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.TcpIpConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.OutOfMemoryHandler;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.map.IMap;
import com.hazelcast.partition.MigrationListener;
import com.hazelcast.partition.MigrationState;
import com.hazelcast.partition.ReplicaMigrationEvent;
import io.holdfast.cluster.join.HazelcastLog;
import io.holdfast.cluster.join.JoinCheck;
import io.holdfast.cluster.join.PeerList;
import io.holdfast.cluster.join.Strangers;
import io.holdfast.cluster.limit.Agreement;
import io.holdfast.cluster.limit.Ledgers;
import io.holdfast.config.PortFault;
import io.holdfast.time.Clocks;
import io.holdfast.time.OutOfMemory;
import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** This JVM's member of the cluster. It is opened once and closed once. */
public final class Cluster implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Cluster.class.getName());

    /** The other members have so long to answer whether they are present; then they are asked again. */
    private static final Duration ANSWER_TIME = Duration.ofMillis(300);

    /** They have so long to say that they know that this member leaves. */
    private static final Duration ANNOUNCE_TIME = Duration.ofSeconds(2);
    /** The entries of the smaller side of a split have come within this time, or will be counted with the next refusal. */
    private static final Duration MERGE_TIME = Duration.ofSeconds(10);

    /** A peer that does not answer a connection within this time is silent. A peer that is about to start answers sooner. */
    private static final Duration SILENCE = Duration.ofSeconds(4);

    /** A member that starts learns within this time how many members the others have seen. */
    private static final Duration FIRST_ANSWER_TIME = Duration.ofSeconds(2);

    /** A member that should have peers and is alone for so long says so. */
    private static final Duration ALONE = Duration.ofSeconds(10);

    /**
     * A member that has started.
     *
     * @param name the name of the cluster, as people know it
     * @param wireName as members send it each other; a secret if there is a key
     * @param expected what names the members, if anything does
     */
    private record Joined(HazelcastInstance member, String name, String wireName, Optional<PeerList> expected) {}

    /** Names may come to stand for other addresses. */
    private static final Duration LOOKS = Duration.ofSeconds(30);

    private static final Duration OWNER_LOOKS = Duration.ofSeconds(5);

    private final Joined joined;
    private final HazelcastInstance member;
    private final Strangers strangers;
    private final com.hazelcast.cluster.Cluster members;
    private final ExpectedSize expectedSize;
    private final Quorum quorum;
    private final MemberTrust trust;
    private final Timer timer;
    private final Signals signals;
    private final Messenger messenger;
    private final Scheduled pulse, looks, ownerLooks;
    private final OwnerWatch owners;
    private final BackgroundTask ownerLook = new BackgroundTask("holdfast-owners");
    private final List<Runnable> recheckers = new CopyOnWriteArrayList<>();
    private final List<Runnable> enders = new CopyOnWriteArrayList<>();
    private final AtomicBoolean asking = new AtomicBoolean();
    private final Ledgers ledgers;
    private final ClusterClock clock;
    private final Clocks clocks;
    private final int backups;
    private final Duration sweep;
    private volatile Scheduled aloneCheck = () -> {};

    private Cluster(Joined joined, Ledgers ledgers, Clocks own, ClusterOptions options) {
        this.joined = joined;
        this.member = joined.member;
        this.ledgers = ledgers;
        this.members = member.getCluster();
        this.backups = options.backups();
        this.sweep = options.sweep();
        this.timer = own.timer();
        this.expectedSize = new ExpectedSize(members);
        this.quorum = new Quorum(options.minimumSize(), expectedSize.agreed());
        this.trust = new MemberTrust(own.ticker(), quorum, options.heartbeatLimit());
        this.signals =
                new Signals(member, own.timer(), options.signals() == ClusterOptions.Signalling.ON, quorum::seen);
        this.messenger = new Messenger(member);
        this.clock = new ClusterClock(signals, members, own, options.skewLimit());
        this.clocks = new Clocks(own.wall(), clock.time(), own.ticker(), own.timer());
        this.owners = new OwnerWatch(own.ticker());
        this.strangers = new Strangers(joined.expected, this::others);
        members.addMembershipListener(new Members());
        strangers.look();
        member.getPartitionService().addMigrationListener(new Migrations());
        member.getLifecycleService().addLifecycleListener(event -> lifecycle(event.getState()));
        trust.begin(this::size, this::known);
        this.pulse = own.timer().every(MemberTrust.PULSE, () -> {
            if (trust.beat()) recheck();
            confirmMembers();
        });
        this.looks = own.timer().every(LOOKS, () -> {
            if (size() > 1) strangers.look();
        });
        // To ask for an owner may wait for the master.
        this.ownerLooks = own.timer().every(OWNER_LOOKS, () -> ownerLook.start(() -> owners.look(isOwned())));
    }

    /**
     * Starts the member and joins.
     *
     * @throws IllegalStateException if the member port is taken
     * @throws com.hazelcast.core.HazelcastException if it cannot start for another reason
     */
    public static Cluster open(ClusterOptions options, List<ClusterPart> parts, Clocks clocks) {
        Completions.use();
        Hazelcast.setOutOfMemoryHandler(new LeavingAtOnce());
        Ledgers ledgers = new Ledgers(clocks.ticker());
        Joined joined = start(options, parts, ledgers);
        Cluster cluster = new Cluster(joined, ledgers, clocks, options);
        cluster.begin(options);
        LOG.log(
                Level.INFO,
                () -> "Member is up name=" + (options.isAlone() ? "(alone)" : joined.name) + " address="
                        + cluster.address() + " id=" + cluster.signals.name()
                        + " members=" + cluster.size()
                        + (cluster.expected() > 0 ? " expected=" + cluster.expected() : ""));
        return cluster;
    }

    private void begin(ClusterOptions options) {
        clock.begin();
        for (Member other : members.getMembers()) compare(other);
        // Those that have been here for longer may have seen more members.
        signals.askForPresence(FIRST_ANSWER_TIME)
                .thenAccept(
                        replies -> replies.numbers().values().forEach(seen -> quorum.present(Math.toIntExact(seen))));
        if (options.minimumSize() == 0 && expectedSize.own() == 2)
            LOG.log(
                    Level.WARNING,
                    "Two members cannot tell a split from a loss, so each goes on alone. Three can; or set"
                            + " cluster.minimum-size=2, with which neither does");
        aloneCheck = timer.after(ALONE, () -> warnIfAlone(options));
    }

    private void warnIfAlone(ClusterOptions options) {
        if (size() == 1 && expectedSize.own() > 1)
            LOG.log(
                    Level.WARNING,
                    () ->
                            "No other member was found. Check that the others run, that this member and they reach each other's member"
                                    + " ports, and that cluster.name and cluster.key are the same expected="
                                    + expectedSize.own()
                                    + (options.peers().isEmpty() ? "" : " peers=" + options.peers()));
    }

    private static Joined start(ClusterOptions options, List<ClusterPart> parts, Ledgers ledgers) {
        try {
            HazelcastLog.setLeast(options.logLevel());
            HazelcastLog.takeRefusal();
            return NetworkSettings.during(() -> {
                Config config = MemberConfig.of(options, parts);
                ledgers.addTo(config);
                String name = config.getClusterName(), wireName = options.key().onTheWire(name);
                config.setClusterName(wireName);
                if (options.key().isSet()) hide(config, wireName);
                Optional<PeerList> expected = expected(options, config.getAdvancedNetworkConfig());
                return new Joined(join(config), name, wireName, expected);
            });
        } catch (RuntimeException e) {
            Completions.release();
            // Hazelcast has logged the whole of it.
            if (e.getCause() instanceof BindException)
                throw PortFault.of(
                        "Member port",
                        options.port(),
                        options.address(),
                        String.valueOf(e.getCause().getMessage()),
                        "cluster.port",
                        "--cluster-port");
            String refused = HazelcastLog.takeRefusal();
            if (!refused.isEmpty()) throw new IllegalStateException(refused, e);
            throw e;
        }
    }

    /** Keeps secret what lets members join. */
    private static void hide(Config config, String wireName) {
        HazelcastLog.hide(wireName);
        config.setProperty("hazelcast.jmx", "false");
    }

    /** The members that somebody has named: those of the list, whichever way they find each other. */
    private static Optional<PeerList> expected(ClusterOptions options, AdvancedNetworkConfig network) {
        TcpIpConfig found = network.getJoin().getTcpIpConfig();
        if (!found.isEnabled() && !options.isAlone() && options.peers().isEmpty()) return Optional.empty();
        List<String> named = found.isEnabled()
                ? found.getMembers()
                : Stream.of(options.peers().split(","))
                        .filter(peer -> !peer.isEmpty())
                        .toList();
        return Optional.of(new PeerList(named, port(network).orElse(options.port()), InetAddress::getAllByName));
    }

    private static OptionalInt port(AdvancedNetworkConfig network) {
        return network.getEndpointConfigs().get(EndpointQualifier.MEMBER) instanceof ServerSocketEndpointConfig own
                ? OptionalInt.of(own.getPort())
                : OptionalInt.empty();
    }

    /** Starts the member without the peers that are silent. Afterwards they are peers again, so that Hazelcast merges with them later. */
    private static HazelcastInstance join(Config config) {
        TcpIpConfig peers = config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig();
        List<String> all = List.copyOf(peers.getMembers()), silent = silent(config.getAdvancedNetworkConfig());
        if (!silent.isEmpty())
            LOG.log(
                    Level.WARNING,
                    () -> "Peers do not answer, as a frozen process does not. This member starts without them peers="
                            + silent);
        peers.setMembers(all.stream().filter(peer -> !silent.contains(peer)).toList());
        HazelcastInstance member = JoinCheck.start(config);
        member.getConfig().getAdvancedNetworkConfig().getJoin().getTcpIpConfig().setMembers(all);
        return member;
    }

    private static List<String> silent(AdvancedNetworkConfig network) {
        TcpIpConfig peers = network.getJoin().getTcpIpConfig();
        OptionalInt own = port(network);
        return peers.isEnabled() && own.isPresent()
                ? new PeerProbe(SILENCE).silent(peers.getMembers(), own.getAsInt())
                : List.of();
    }

    /** The wire forms of what goes between members for all rooms. */
    public static ClusterPart part() {
        return ClusterWire.part();
    }

    /** Whether this member can be trusted now. */
    public MemberTrust trust() {
        return trust;
    }

    /** The clocks of this member, with the time of the cluster among them. */
    public Clocks clocks() {
        return clocks;
    }

    /** How many members there are that nobody has named. */
    public int unexpectedMembers() {
        return strangers.count();
    }

    /** By how many milliseconds the clock of this machine is ahead of those of the other members. */
    public long skewMillis() {
        return clock.skewMillis();
    }

    /** Why the clock of this machine makes this member unready; empty if it agrees with those of the other members. */
    public Optional<String> doubtOfClock() {
        return clock.doubt();
    }

    /** How many members the settings of this member expect; 0 for no number. */
    public int expected() {
        return expectedSize.own();
    }

    /** Why what this member expects makes it unready; empty if the others expect the same. */
    public Optional<String> doubtOfExpected() {
        return expectedSize.doubt();
    }

    /** Why this member must be started again, although Hazelcast runs; empty if it need not. */
    public Optional<String> doubtOfOwners() {
        return owners.doubt();
    }

    private boolean isOwned() {
        return member.getPartitionService().getPartitions().stream()
                .allMatch(partition -> partition.getOwner() != null);
    }

    /** Hints to and from the other members. */
    public Signals signals() {
        return signals;
    }

    /** Messages to and from single members. */
    public Messenger messenger() {
        return messenger;
    }

    /** The books of this member on the maps under a limit. */
    public Ledgers ledgers() {
        return ledgers;
    }

    /** How many copies of an entry there are beside the primary, as far as there are members to hold them. */
    public int backups() {
        return Math.min(backups, size() - 1);
    }

    /** How often waiting keys are compared with the state, in case a signal was lost. */
    public Duration sweep() {
        return sweep;
    }

    /** A map of the cluster, for the store of a room. */
    public <K, V> IMap<K, V> map(String name) {
        return member.getMap(name);
    }

    /** Runs this whenever members, partitions or trust have changed, so that signals may have been missed. Must be quick. */
    public void onUnrest(Runnable recheck) {
        recheckers.add(recheck);
    }

    /** Runs this once when the member has left: requests without an answer will never get one. */
    void onLeft(Runnable end) {
        enders.add(end);
    }

    /** The address of this member, for humans. */
    public String address() {
        return member.getCluster().getLocalMember().getAddress().toString();
    }

    /** Leaves the cluster, handing over what this member holds, and stops every thread of it. */
    @Override
    public void close() {
        trust.leaving();
        announceLeave();
        member.shutdown();
        enders.forEach(Runnable::run);
        pulse.cancel();
        aloneCheck.cancel();
        looks.cancel();
        ownerLooks.cancel();
        ownerLook.close();
        clock.close();
        Completions.release();
        HazelcastLog.show(joined.wireName);
    }

    /** The addresses of the other members. */
    private Set<InetSocketAddress> others() {
        return members.getMembers().stream()
                .filter(other -> !other.localMember())
                .map(Member::getSocketAddress)
                .collect(Collectors.toSet());
    }

    /** Tells of limits that differ: the smaller counts, so that the member with the larger one has less than it says. */
    private void compare(Member other) {
        Map<String, String> breaches = Agreement.breaches(members.getLocalMember(), other);
        if (!breaches.isEmpty())
            LOG.log(
                    Level.WARNING,
                    () ->
                            "Members have different limits, of which the smaller counts. Give all the same heap, or the same settings address="
                                    + other.getAddress() + " here and there=" + breaches);
    }

    private int size() {
        return members.getMembers().size();
    }

    /** How many members there are, and those that have left as they had announced. */
    private int known() {
        Set<Member> present = members.getMembers();
        if (signals.leaving().isEmpty()) return present.size();
        Set<String> names = new HashSet<>(signals.leaving());
        for (Member one : present) names.add(Signals.nameOf(one));
        return names.size();
    }

    /** The others shall not take this member for lost: they are told, and have heard it, before it leaves. */
    private void announceLeave() {
        if (!member.getLifecycleService().isRunning()) return;
        try {
            Set<String> silent = signals.sayGoodbye(ANNOUNCE_TIME)
                    .toCompletableFuture()
                    .get(ANNOUNCE_TIME.toMillis() * 2, TimeUnit.MILLISECONDS)
                    .silent();
            if (!silent.isEmpty()) LOG.log(Level.INFO, () -> "Members do not know that this one leaves ids=" + silent);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            LOG.log(Level.INFO, "The others are not told that this member leaves", e);
        }
    }

    /** After a loss, asks the other members whether they are present. Called with each beat until enough have answered. */
    private void confirmMembers() {
        OptionalLong loss = trust.unsureSince();
        if (loss.isEmpty() || !asking.compareAndSet(false, true)) return;
        try {
            signals.askForPresence(ANSWER_TIME).thenAccept(replies -> {
                asking.set(false);
                if (trust.answered(loss.getAsLong(), replies.numbers().size())) recheck();
            });
        } catch (RuntimeException e) {
            asking.set(false);
            LOG.log(Level.DEBUG, "The others are asked again with the next beat", e);
        }
    }

    private void recheck() {
        ledgers.stale();
        recheckers.forEach(Runnable::run);
    }

    private void lifecycle(LifecycleState state) {
        switch (state) {
            case MERGING -> trust.merging();
            case MERGED -> {
                quorum.expect(expectedSize.agreed());
                trust.merged();
                clock.merged();
                LOG.log(Level.INFO, () -> "Member has merged with the larger side of a split members=" + size());
                recheck();
            }
            case MERGE_FAILED -> {
                trust.mergeFailed();
                LOG.log(Level.ERROR, "Member could not merge; it must be started again");
            }
            case SHUTTING_DOWN, SHUTDOWN -> trust.stopped();
            default -> {
                // This class starts the member itself.
            }
        }
    }

    /** Other members shall not wait for one that has run out of memory. */
    private static final class LeavingAtOnce extends OutOfMemoryHandler {

        @Override
        public void onOutOfMemory(OutOfMemoryError error, HazelcastInstance[] instances) {
            OutOfMemory.note(error);
            for (HazelcastInstance instance : instances) {
                tryCloseConnections(instance);
                tryShutdown(instance);
            }
        }
    }

    private final class Members implements MembershipListener {

        @Override
        public void memberAdded(MembershipEvent event) {
            quorum.expect(expectedSize.agreed());
            trust.joined();
            warnIfDifferent(event.getMember());
            strangers.look();
            LOG.log(
                    Level.INFO,
                    () -> "Member joined address=" + event.getMember().getAddress() + " id="
                            + Signals.nameOf(event.getMember()) + " members="
                            + event.getMembers().size());
            compare(event.getMember());
            recheck();
            // A side of a split that has joined us sends its entries from now on.
            clocks.timer().after(MERGE_TIME, ledgers::stale);
        }

        @Override
        public void memberRemoved(MembershipEvent event) {
            String name = Signals.nameOf(event.getMember());
            boolean left = signals.isLeaving(name);
            if (left) {
                quorum.left(size());
                trust.left();
                signals.forget(name);
            } else {
                trust.lost();
                confirmMembers();
            }
            strangers.look();
            LOG.log(
                    left ? Level.INFO : Level.WARNING,
                    () -> (left ? "Member left" : "Member was lost") + " address="
                            + event.getMember().getAddress() + " id=" + name + " members="
                            + event.getMembers().size());
            recheck();
        }
    }

    private void warnIfDifferent(Member other) {
        int own = expectedSize.own(), theirs = ExpectedSize.of(other);
        if (own > 0 && theirs > 0 && own != theirs)
            LOG.log(
                    Level.WARNING,
                    () ->
                            "A member expects another number of members, and those that differ from most are not ready. Make"
                                    + " cluster.expected or cluster.peers the same at all id=" + Signals.nameOf(other)
                                    + " its="
                                    + theirs + " own=" + own);
    }

    private final class Migrations implements MigrationListener {

        @Override
        public void migrationStarted(MigrationState state) {}

        @Override
        public void migrationFinished(MigrationState state) {
            recheck();
        }

        @Override
        public void replicaMigrationCompleted(ReplicaMigrationEvent event) {
            ledgers.stale();
        }

        @Override
        public void replicaMigrationFailed(ReplicaMigrationEvent event) {}
    }
}
