// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.DistributedObject;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.topic.ITopic;
import io.holdfast.cluster.ClusterOptions.Signalling;
import io.holdfast.cluster.Signals.Replies;
import io.holdfast.testing.Ports;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Questions to the other members, and their replies. */
class SignalsIT {
    private static final Duration LONG = Duration.ofSeconds(30), SHORT = Duration.ofMillis(300);
    private static final byte[] NOTHING = {};

    private final SystemTimer timer = new SystemTimer("signals-test");
    private final List<Integer> ports = new ArrayList<>();
    private final List<Cluster> members = new ArrayList<>();
    private final String name = "signals-test-" + UUID.randomUUID();

    @AfterEach
    void everybodyLeaves() {
        for (int i = members.size() - 1; i >= 0; i--) members.get(i).close();
        timer.close();
    }

    /** Members of one cluster, which have found each other. */
    private void start(int count, Signalling signals) {
        for (int i = 0; i < count; i++) ports.add(Ports.free());
        for (int port : ports) members.add(open(port, signals));
        everybodySees(count);
    }

    private void everybodySees(int count) {
        await("the members see each other").atMost(Duration.ofSeconds(60)).until(() -> members.stream()
                .allMatch(member ->
                        member.trust().size() == count && member.trust().doubt().isEmpty()));
    }

    private Cluster open(int port, Signalling signals) {
        String peers = ports.stream().map(one -> "127.0.0.1:" + one).collect(Collectors.joining(","));
        ClusterOptions options = ClusterOptionsTest.read(Map.of(
                "cluster.peers",
                ports.size() == 1 ? "" : peers,
                "cluster.name",
                name,
                "cluster.port",
                Integer.toString(port),
                "cluster.signals",
                signals.name().toLowerCase(Locale.ROOT)));
        return Cluster.open(options, List.of(), Clocks.system(timer));
    }

    private Signals of(int member) {
        return members.get(member).signals();
    }

    private String nameOf(int member) {
        return of(member).name();
    }

    private static HazelcastInstance hazelcast(int port) {
        return Hazelcast.getAllHazelcastInstances().stream()
                .filter(one -> one.getCluster().getLocalMember().getAddress().getPort() == port)
                .findFirst()
                .orElseThrow();
    }

    private CompletableFuture<Replies> ask(int member, Duration patience) {
        return of(member).ask("room", "x", NOTHING, patience).toCompletableFuture();
    }

    private static Replies said(CompletableFuture<Replies> asked) throws Exception {
        return asked.get(20, TimeUnit.SECONDS);
    }

    @Test
    void everyMemberThatRepliesIsNamedWithItsNumber() throws Exception {
        start(3, Signalling.ON);
        of(0).listen("room", (about, state, reply) -> reply.accept(-1));
        of(1).listen("room", (about, state, reply) -> reply.accept(about.equals("x") ? 17 : 0));
        of(2).listen("room", (about, state, reply) -> reply.accept(state[0]));

        Replies replies = said(of(0).ask("room", "x", new byte[] {20}, LONG).toCompletableFuture());

        assertEquals(new Replies(Map.of(nameOf(1), 17L, nameOf(2), 20L), Set.of()), replies);
    }

    @Test
    void aReplyThatComesLaterIsWaitedFor() throws Exception {
        start(2, Signalling.ON);
        BlockingQueue<LongConsumer> heard = new LinkedBlockingQueue<>();
        of(1).listen("room", (about, state, reply) -> heard.add(reply));

        CompletableFuture<Replies> asked = ask(0, LONG);
        LongConsumer reply = heard.take();
        assertFalse(asked.isDone());
        reply.accept(5);

        assertEquals(new Replies(Map.of(nameOf(1), 5L), Set.of()), said(asked));
    }

    @Test
    void aMemberWithoutAReplyWithinThePatienceIsNamed() throws Exception {
        start(3, Signalling.ON);
        of(1).listen("room", (about, state, reply) -> reply.accept(4));
        long begin = System.nanoTime();

        Replies replies = said(ask(0, SHORT));

        assertTrue(System.nanoTime() - begin >= SHORT.toNanos());
        assertEquals(new Replies(Map.of(nameOf(1), 4L), Set.of(nameOf(2))), replies);
    }

    @Test
    void aMemberThatDiesWhileItIsAskedIsNamed() throws Exception {
        start(2, Signalling.ON);
        String dying = nameOf(1);
        HazelcastInstance victim = hazelcast(ports.get(1));
        CompletableFuture<Boolean> dead = new CompletableFuture<>();
        of(1).listen("room", (about, state, reply) -> new Thread(() -> {
                    victim.getLifecycleService().terminate();
                    dead.complete(true);
                })
                .start());

        Replies replies = said(ask(0, Duration.ofSeconds(1)));

        assertEquals(new Replies(Map.of(), Set.of(dying)), replies);
        assertTrue(dead.get(30, TimeUnit.SECONDS));
        await("its loss is noticed").until(() -> members.get(0).trust().size() == 1);
        assertTrue(ask(0, LONG).isDone(), "it is not waited for any more");
    }

    @Test
    void aMemberAloneDoesNotWait() throws Exception {
        start(1, Signalling.ON);

        CompletableFuture<Replies> asked = ask(0, LONG);

        assertTrue(asked.isDone());
        assertEquals(new Replies(Map.of(), Set.of()), said(asked));
    }

    @Test
    void withoutSignalsAllMembersAreSilentAndNoneWaits() throws Exception {
        start(2, Signalling.OFF);
        of(1).listen("room", (about, state, reply) -> reply.accept(1));

        CompletableFuture<Replies> asked = ask(0, LONG);

        assertTrue(asked.isDone());
        assertEquals(new Replies(Map.of(), Set.of(nameOf(1))), said(asked));
        assertEquals(
                Map.of(nameOf(1), 2L), // so many members it has seen
                said(of(0).askForPresence(LONG).toCompletableFuture()).numbers(),
                "the cluster's own questions are asked all the same");
    }

    /** The replies of one member come in the order in which it gave them. */
    @Test
    void lateAndDoubledRepliesAreIgnored() throws Exception {
        start(2, Signalling.ON);
        BlockingQueue<LongConsumer> heard = new LinkedBlockingQueue<>();
        of(1).listen("room", (about, state, reply) -> heard.add(reply));

        assertEquals(new Replies(Map.of(), Set.of(nameOf(1))), said(ask(0, SHORT)));
        CompletableFuture<Replies> second = ask(0, LONG);
        heard.take().accept(1);
        LongConsumer reply = heard.take();
        reply.accept(2);
        reply.accept(3);
        assertEquals(new Replies(Map.of(nameOf(1), 2L), Set.of()), said(second));

        CompletableFuture<Replies> third = ask(0, LONG);
        heard.take().accept(4);
        assertEquals(new Replies(Map.of(nameOf(1), 4L), Set.of()), said(third));
    }

    /** Objects that a member creates in the cluster stay when it has left: so their names must not be of the member. */
    @Test
    void membersThatComeAndGoLeaveNoTopicOfTheirOwn() throws Exception {
        start(2, Signalling.ON);
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < 3; i++) {
            of(1).listen("room", (about, state, reply) -> reply.accept(1));
            of(0).listen("room", (about, state, reply) -> reply.accept(1));
            assertEquals(1, said(ask(0, LONG)).numbers().size());
            assertEquals(1, said(ask(1, LONG)).numbers().size());
            members.remove(1).close();
            await("it has left").until(() -> members.get(0).trust().size() == 1);
            members.add(open(ports.get(1), Signalling.ON));
            everybodySees(2);
        }

        for (DistributedObject object : hazelcast(ports.get(0)).getDistributedObjects())
            if (object instanceof ITopic) names.add(object.getName());

        Set<String> allowed = IntStream.range(0, 64)
                .mapToObj(i -> "holdfast.replies." + i)
                .collect(Collectors.toCollection(TreeSet::new));
        allowed.add("holdfast.signals");
        assertTrue(names.contains("holdfast.signals"));
        assertTrue(allowed.containsAll(names), names.toString());
    }

    /** A member that merges has another identity afterwards, as far as the library goes, and the same name. */
    @Test
    void afterASplitHasHealedMembersAskAndAreAnsweredAsBefore() throws Exception {
        start(2, Signalling.ON);
        for (int i = 0; i < 2; i++) {
            int number = i;
            of(i).listen("room", (about, state, reply) -> reply.accept(number));
        }
        Set<String> names = Set.of(nameOf(0), nameOf(1));
        List<HazelcastInstance> all = ports.stream().map(SignalsIT::hazelcast).toList();
        Set<UUID> before = identities(all);
        for (HazelcastInstance one : all) suspectTheOthers(one);
        await("they are split").until(() -> all.stream()
                .anyMatch(one -> one.getCluster().getMembers().size() == 1));
        everybodySees(2);

        assertNotEquals(before, identities(all), "one has merged");
        assertEquals(names, Set.of(nameOf(0), nameOf(1)));
        assertEquals(new Replies(Map.of(nameOf(1), 1L), Set.of()), said(ask(0, Duration.ofSeconds(5))));
        assertEquals(new Replies(Map.of(nameOf(0), 0L), Set.of()), said(ask(1, Duration.ofSeconds(5))));
    }

    private static Set<UUID> identities(List<HazelcastInstance> members) {
        return members.stream()
                .map(one -> one.getCluster().getLocalMember().getUuid())
                .collect(Collectors.toSet());
    }

    private static void suspectTheOthers(HazelcastInstance one) {
        for (Member other : one.getCluster().getMembers())
            if (!other.localMember())
                ((HazelcastInstanceProxy) one)
                        .getOriginal()
                        .node
                        .getClusterService()
                        .suspectMember(other, "the test splits them", true);
    }
}
