// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.DialledIn;
import io.holdfast.testing.Http;
import io.holdfast.testing.Member;
import io.holdfast.testing.Members;
import io.holdfast.testing.Origin;
import io.holdfast.work.queue.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The contract where workers are connected to another member. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkOnThreeMembersIT extends WorkContract {
    private Members members = Members.start(0, Map.of());

    @BeforeAll
    void start() {
        members = Members.start(3, Map.of("work.port", "free", "work.stall", "6s"));
    }

    @AfterAll
    void stop() {
        members.close();
    }

    @Test
    void requestsAreServedInOrderOfArrivalAcrossMembers() {
        List<Http.Exchange> clients = new ArrayList<>();
        List<String> sent = new ArrayList<>(), served = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Member member = members.get(i % 3);
            double before = member.meter("holdfast_work_requests");
            clients.add(member.http().send("GET", "/work/default/" + i));
            // The next comes when the cluster knows of this one.
            int waiting = i + 1;
            await("it waits").until(() -> member.meter("holdfast_work_requests") == before + 1 && tickets() == waiting);
            sent.add("/" + i);
        }
        for (int i = 0; i < 30; i++)
            served.add(
                    Objects.requireNonNull(DialledIn.to(members.get((i + 1) % 3).workerPort())
                                    .serveOnce(Origin.answer(200, "Connection: close\r\n", "done")))
                            .line()
                            .split(" ", -1)[1]);

        assertEquals(sent, served);
        clients.forEach(client -> assertEquals(200, client.response().status()));
    }

    private int tickets() {
        Queue queue = members.get(0)
                .hazelcast()
                .<String, Queue>getMap("holdfast.queues")
                .get("default");
        return queue == null ? 0 : queue.waiting().size();
    }

    @Override
    protected Member clients() {
        return members.get(0);
    }

    @Override
    protected Member workers() {
        return members.last();
    }
}
