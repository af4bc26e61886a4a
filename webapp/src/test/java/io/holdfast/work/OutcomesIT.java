// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.Container;
import io.holdfast.testing.DialledIn;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Origin.Asked;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The endings of requests and jobs that no worker performs, for each way in which a first worker had them. */
class OutcomesIT extends PullFixture {
    private static final byte[] BODY = {1};

    /** Many seconds more than a lease: in this time leases run out, and an idle worker gets its job on a busy machine too. */
    private static final String WAIT = "20";

    private Container.@Nullable Running door; // Jetty upgrades nothing

    OutcomesIT() {
        super(
                1,
                Map.of(
                        "work.port", "free",
                        "work.ack", "5s",
                        "work.lease", "5s",
                        "work.pause", "10ms",
                        "work.job-wait", WAIT + "s",
                        "cluster.sweep", "200ms"));
    }

    @BeforeAll
    void openDoor() throws Exception {
        door = Container.TOMCAT.start(member(0).holdfast().servlet());
    }

    @AfterAll
    void closeDoor() {
        Objects.requireNonNull(door).close();
    }

    /** The deed of the first worker. */
    private enum First {
        NOBODY(false),
        CONNECTION_THAT_READS(true),
        LEASE_THAT_IS_ONLY_GIVEN(true),
        LEASE_THAT_IS_RELEASED(false),
        LEASE_THAT_IS_ACKNOWLEDGED(true),
        LEASE_THAT_IS_EXTENDED(true),
        LEASE_THAT_IS_ACKNOWLEDGED_AND_RELEASED(true);

        private final boolean begins;

        First(boolean begins) {
            this.begins = begins;
        }
    }

    /** A worker of that kind is idle; its deed begins when it gets the request. */
    private Runnable idle(First first) {
        if (first == First.NOBODY) return () -> {};
        if (first == First.CONNECTION_THAT_READS)
            return reads(() -> DialledIn.upgraded(Objects.requireNonNull(door).port(), "/workers/" + queue));
        Http.Exchange worker = asksForWork(worker());
        return () -> {
            Lease lease = given(worker.response());
            switch (first) {
                case LEASE_THAT_IS_RELEASED -> lease.does("release");
                case LEASE_THAT_IS_ACKNOWLEDGED -> lease.does("ack");
                case LEASE_THAT_IS_EXTENDED -> lease.does("extend");
                case LEASE_THAT_IS_ACKNOWLEDGED_AND_RELEASED -> {
                    lease.does("ack");
                    lease.does("release");
                }
                default -> {
                    // Nothing more comes of this worker.
                }
            }
        };
    }

    private Runnable reads(Supplier<DialledIn> connected) {
        double before = member(0).meter("holdfast_work_idle");
        DialledIn worker = connected.get();
        await("it is idle").until(() -> member(0).meter("holdfast_work_idle") == before + 1);
        return () -> {
            assertEquals(1, asked(worker).body().length);
            worker.close();
        };
    }

    private static Asked asked(DialledIn worker) {
        return Objects.requireNonNull(worker.asked(), "the connection was closed");
    }

    private Http.Exchange send(String target, String prefer) {
        return client().send("PUT", "/work/" + target + "/charge", BODY, "Prefer: " + prefer);
    }

    /** All of them wait at the same time. */
    @Test
    void nothingHidesThatAFirstWorkerMayHaveBegun() {
        Map<First, Http.Exchange> clients = new EnumMap<>(First.class);
        Map<First, String> jobs = new EnumMap<>(First.class);
        for (First first : First.values()) {
            queue = "q" + UUID.randomUUID();
            Runnable deed = idle(first);
            clients.put(first, send(queue, "wait=" + WAIT));
            deed.run();

            queue = "q" + UUID.randomUUID();
            deed = idle(first);
            jobs.put(first, accepted(send(queue, "respond-async").response()));
            deed.run();
        }
        Runnable deed = reads(() -> DialledIn.to(member(0).workerPort()));
        Http.Exchange atThePort = send("default", "wait=" + WAIT);
        deed.run();

        List<String> wrong = new ArrayList<>();
        for (First first : First.values()) {
            Response told = Objects.requireNonNull(clients.get(first)).response();
            String outcome = "\"outcome\":\"" + (first.begins ? "unknown" : "none") + "\"";
            if (told.status() != 504 || !told.body().contains(outcome)) wrong.add(first + ": " + told);
            String job = ended(Objects.requireNonNull(jobs.get(first)));
            if (!job.contains("\"state\":\"" + (first.begins ? "dead" : "expired") + "\""))
                wrong.add(first + ": " + job);
            if (job.contains("may have performed it") != first.begins) wrong.add(first + ": " + job);
        }
        assertEquals(List.of(), wrong);
        late(atThePort, "unknown");
    }

    private static String accepted(Response response) {
        assertEquals(202, response.status(), response.toString());
        return response.header("Location");
    }

    private String ended(String path) {
        String job = path.substring(client().context().length());
        await(job + " has ended").until(() -> {
            String now = client().get(job).body();
            return !now.contains("\"state\":\"queued\"") && !now.contains("\"state\":\"running\"");
        });
        return client().get(job).body();
    }

    @Test
    void theNextWorkerLearnsThatTheRequestMayHaveBeenBegun() {
        String own = "Work-Repeated: 7";
        Http.Exchange client =
                client().send("PUT", "/work/" + queue + "/", BODY, own, own.replace('-', '_'), "Prefer: wait=30");
        Lease first = next();
        assertEquals("", repeated(first));
        first.does("release");
        Lease second = next();
        assertEquals("", repeated(second), "the first has not begun");
        second.does("ack");
        second.does("release");
        assertEquals("1", repeated(next()), "the second may have begun");
        try (DialledIn fourth = DialledIn.upgraded(Objects.requireNonNull(door).port(), "/workers/" + queue)) {
            Asked asked = asked(fourth);
            assertEquals("1", asked.header("Work-Repeated"));
            assertEquals("", asked.header("Work_Repeated"));
            fourth.write("HTTP/1.1 204 No Content\r\n\r\n");
            assertEquals(204, client.response().status());
        }
    }

    private static String repeated(Lease lease) {
        String headers = lease.given.header("Work-Header"), name = "Work-Repeated: ";
        int at = headers.indexOf(name);
        return at < 0 ? "" : headers.substring(at + name.length(), at + name.length() + 1);
    }
}
