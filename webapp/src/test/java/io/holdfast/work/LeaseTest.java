// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.Settings;
import io.holdfast.flow.Failure;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.flow.Running;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.message.Headers;
import io.holdfast.testing.ManualTime;
import io.holdfast.testing.Race;
import io.holdfast.work.FollowUp.Kind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a lease continues and ends, on a time of its own: acknowledged within ten seconds, then thirty at a time. */
class LeaseTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef", TOKEN = "7-" + SECRET;
    private static final Duration ACK = Duration.ofSeconds(10),
            LEASE = Duration.ofSeconds(30),
            TICK = Duration.ofMillis(1);

    private final WorkOptions options =
            WorkOptions.read(Settings.open(new Properties(), Map.of(), Optional.empty(), key -> Optional.empty()));
    private final ManualTime time = new ManualTime();
    private final Told caller = new Told();
    private final Side handing = new Side(), answering = new Side();
    private final AtomicInteger over = new AtomicInteger();
    private final Lease lease = lease(caller);

    /** Records the calls to the caller. */
    private static final class Told implements ResponseSink, BodySink {
        final List<String> all = Collections.synchronizedList(new ArrayList<>());
        volatile @Nullable BodySource source;

        @Override
        public void progress(byte[] state) {
            all.add("progress " + state.length);
        }

        @Override
        public BodySink head(ResponseHead head, BodySource body) {
            all.add("head " + head.status());
            source = body;
            return this;
        }

        @Override
        public void piece(ByteBuffer bytes) {
            all.add("piece " + bytes.remaining());
        }

        @Override
        public void end() {
            all.add("end");
        }

        @Override
        public void fail(Failure why) {
            all.add("failed " + why.kind() + (why.isAfterBegin() ? " after begin" : ""));
        }

        @Override
        public void fail(Exception why) {
            fail((Failure) why);
        }

        BodySource worker() {
            return Objects.requireNonNull(source);
        }

        /** How often its end was reported. */
        long endings() {
            return all.stream()
                    .filter(told -> told.equals("end") || told.startsWith("failed"))
                    .count();
        }
    }

    /** Records the calls to one side of the worker. */
    private static final class Side implements Running, BodySource {
        final List<String> all = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void request(long bytes) {
            all.add("taken " + bytes);
        }

        @Override
        public void confirm() {
            all.add("kept");
        }

        @Override
        public void cancel() {
            all.add("cancel");
        }
    }

    /** The response of the worker, as the lease gets it. */
    private static final class Answer {
        private final BodySink body;

        Answer(ResponseSink to, int status, BodySource source) {
            body = to.head(new ResponseHead(status, Headers.NONE, -1), source);
        }

        void piece(byte[] bytes) {
            body.piece(ByteBuffer.wrap(bytes));
        }

        void end() {
            body.end();
        }

        void failed(String detail) {
            body.fail(new Failure(Failure.Kind.DIED, detail));
        }
    }

    private Lease lease(Told told) {
        Lease made = new Lease("q/a-1", TOKEN, told, options, time, ended -> over.incrementAndGet());
        made.hand(handing);
        return made;
    }

    private static void handed(Lease lease) {
        lease.delivery()
                .head(new ResponseHead(200, Headers.NONE, 0), BodySource.NONE)
                .end();
    }

    private static void failed(Lease lease, Failure.Kind why, String detail) {
        lease.delivery().fail(new Failure(why, detail));
    }

    private boolean say(Kind kind) {
        return lease.follow(new FollowUp(kind, "q/a-1", TOKEN, new byte[2]));
    }

    private Answer answer(int status) {
        return new Answer(Objects.requireNonNull(lease.answer(TOKEN)), status, answering);
    }

    @Test
    void aRequestNotAcknowledgedInTimeIsDeclined() {
        handed(lease);
        time.advance(ACK.minus(TICK));
        assertEquals(List.of(), caller.all);

        time.advance(TICK);

        assertEquals(List.of("failed DECLINED after begin"), caller.all);
        assertFalse(say(Kind.ACK));
        assertNull(lease.answer(TOKEN));
        assertEquals(1, over.get());
    }

    @Test
    void noTimeCountsWhileItIsHandedOver() {
        time.advance(Duration.ofHours(1));
        assertTrue(say(Kind.ACK));
        time.advance(Duration.ofHours(1));
        assertEquals(List.of(), caller.all);

        handed(lease);
        time.advance(LEASE);

        assertEquals(List.of("failed DIED"), caller.all);
    }

    @Test
    void itGoesOnAsLongAsItIsExtended() {
        handed(lease);
        time.advance(ACK.minus(TICK));
        assertTrue(say(Kind.ACK));
        for (int i = 0; i < 10; i++) {
            time.advance(LEASE.minus(TICK));
            assertTrue(say(i % 2 == 0 ? Kind.EXTEND : Kind.PROGRESS));
        }
        assertEquals(Collections.nCopies(5, "progress 2"), caller.all);

        time.advance(LEASE);

        assertEquals("failed DIED", caller.all.get(5));
        assertFalse(say(Kind.EXTEND));
    }

    @Test
    void aFollowUpWithAnotherTokenIsIgnored() {
        handed(lease);
        for (String token : List.of(
                "6-" + SECRET, "8-" + SECRET, "0", "", "7", "7-", "-" + TOKEN, TOKEN.replace('0', '1'), TOKEN + "0")) {
            for (Kind kind : Kind.values()) assertFalse(lease.follow(new FollowUp(kind, "q/a-1", token, new byte[0])));
            assertNull(lease.answer(token));
        }
        assertEquals(List.of(), caller.all);

        time.advance(ACK);
        assertEquals(List.of("failed DECLINED after begin"), caller.all, "it was not acknowledged by that");
    }

    @Test
    void aReleasedRequestIsDeclinedAcknowledgedOrNot() {
        assertTrue(say(Kind.ACK));
        assertTrue(say(Kind.RELEASE));

        assertEquals(List.of("failed DECLINED after begin"), caller.all);
        assertEquals(List.of("cancel"), handing.all);
        assertFalse(say(Kind.RELEASE));

        Told other = new Told();
        assertTrue(lease(other).follow(new FollowUp(Kind.RELEASE, "q/a-1", TOKEN, new byte[0])));
        assertEquals(List.of("failed DECLINED"), other.all);
    }

    @Test
    void aFailedHandoverIsDeclinedUnlessAcknowledged() {
        failed(lease, Failure.Kind.DIED, "gone");
        assertEquals(List.of("failed DECLINED after begin"), caller.all, "some of it may have arrived");

        Told other = new Told();
        Lease begun = lease(other);
        begun.follow(new FollowUp(Kind.ACK, "q/a-1", TOKEN, new byte[0]));
        failed(begun, Failure.Kind.DIED, "gone");
        assertEquals(List.of("failed DIED"), other.all);
    }

    @Test
    void aResponseTakesItsTimeAndEndsTheLease() {
        handed(lease);
        assertTrue(say(Kind.ACK));
        time.advance(LEASE.minus(TICK));
        Answer answer = answer(200);
        time.advance(Duration.ofMinutes(9));
        answer.piece(new byte[3]);
        caller.worker().request(3);
        assertTrue(say(Kind.EXTEND), "it still is its own");
        assertFalse(say(Kind.RELEASE), "it has begun to answer");
        assertNull(lease.answer(TOKEN), "there is one response");
        answer.end();
        assertEquals(List.of("taken 3"), answering.all, "it may still be lost");
        caller.worker().confirm();

        assertEquals(List.of("head 200", "piece 3", "end"), caller.all);
        assertEquals(List.of("taken 3", "kept"), answering.all);
        assertFalse(say(Kind.EXTEND));
        assertEquals(1, over.get());
    }

    @Test
    void aResponseMayComeBeforeAllOfTheRequestIsHandedOver() {
        Answer answer = answer(413);
        failed(lease, Failure.Kind.DIED, "it takes no more of it");
        answer.end();
        caller.worker().confirm();

        assertEquals(List.of("head 413", "end"), caller.all);
        assertEquals(List.of("cancel"), handing.all);
        assertEquals(List.of("kept"), answering.all);
    }

    @Test
    void aResponseThatBreaksOffFails() {
        Answer answer = answer(200);
        answer.failed("broke off");
        answer.end();

        assertEquals(List.of("head 200", "failed DIED"), caller.all);
        assertFalse(answering.all.contains("kept"));
    }

    @Test
    void aResponseOfWhichNothingComesForLongIsGivenUp() {
        Answer answer = answer(200);
        for (int i = 0; i < 5; i++) {
            answer.piece(new byte[1]);
            time.advance(Duration.ofMinutes(10));
        }
        assertEquals("head 200", caller.all.get(0));
        assertEquals(Collections.nCopies(5, "piece 1"), caller.all.subList(1, 6));

        time.advance(Duration.ofMinutes(10));

        assertEquals("failed SILENT", caller.all.get(6));
        assertEquals(List.of("cancel"), answering.all);
        answer.end();
        assertEquals(7, caller.all.size());
    }

    @Test
    void aCancelStopsTheRequestAndTheResponse() {
        Answer answer = answer(200);
        lease.cancel();
        answer.piece(new byte[1]);
        answer.end();

        assertEquals(List.of("head 200"), caller.all);
        assertEquals(List.of("cancel"), handing.all);
        assertEquals(List.of("cancel"), answering.all);
        assertFalse(say(Kind.ACK));
        time.advance(Duration.ofHours(1));
        assertEquals(List.of("head 200"), caller.all);
        assertEquals(1, over.get());
    }

    @Test
    void aResponseThatBeginsAfterTheCancelIsCancelled() {
        ResponseSink answer = Objects.requireNonNull(lease.answer(TOKEN));
        lease.cancel();
        new Answer(answer, 200, answering).end();

        assertEquals(List.of(), caller.all);
        assertEquals(List.of("cancel"), answering.all);
    }

    @Test
    void aHandingThatBeginsAsNobodyWantsItAnyMoreIsCancelled() {
        Lease late = new Lease("q/a-1", TOKEN, caller, options, time, ended -> {});
        late.cancel();
        late.hand(handing);

        assertEquals(List.of("cancel"), handing.all);
    }

    @Test
    void aRequestTheWorkerDidNotTakeIsDeclined() {
        failed(lease, Failure.Kind.DECLINED, "the worker was not there");

        assertEquals(List.of("failed DECLINED"), caller.all);
        assertFalse(say(Kind.ACK));
        assertEquals(1, over.get());
    }

    /** Whichever party wins, there is one ending, and all that counted before it stays valid. */
    @Test
    @Timeout(60)
    void allWaysToEndMeetAndOneWins() throws Exception {
        AtomicInteger acknowledged = new AtomicInteger();
        Lease[] current = {lease};
        ManualTime[] now = {time};
        Told[] told = {caller};
        Race.run(
                20_000,
                round -> {
                    now[0] = new ManualTime();
                    told[0] = new Told();
                    acknowledged.set(0);
                    current[0] = new Lease("q/a-1", TOKEN, told[0], options, now[0], ended -> {});
                    current[0].hand(new Side());
                    handed(current[0]);
                    if (round % 2 == 0) now[0].advance(ACK.minus(TICK));
                },
                round -> {
                    now[0].advance(LEASE);
                    List<String> all = List.copyOf(told[0].all);
                    assertEquals(1, told[0].endings(), all.toString());
                    if (acknowledged.get() > 0 && all.toString().contains("failed DECLINED"))
                        assertTrue(round % 3 == 0, "what was acknowledged was offered to the next: " + all);
                },
                List.of(
                        round -> {
                            if (current[0].follow(new FollowUp(Kind.ACK, "q/a-1", TOKEN, new byte[0])))
                                acknowledged.incrementAndGet();
                        },
                        round -> now[0].advance(TICK),
                        round -> {
                            if (round % 3 == 0)
                                current[0].follow(new FollowUp(Kind.RELEASE, "q/a-1", TOKEN, new byte[0]));
                            if (round % 3 != 1) return;
                            ResponseSink answer = current[0].answer(TOKEN);
                            if (answer != null) new Answer(answer, 200, new Side()).end();
                        }));
    }
}
