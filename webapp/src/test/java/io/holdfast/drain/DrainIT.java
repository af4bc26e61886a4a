// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.drain;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.drain.program.DrainCommand;
import io.holdfast.testing.Http;
import io.holdfast.testing.Http.Exchange;
import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Member;
import io.holdfast.testing.Users;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Operators take a member out of service over HTTP, over JMX and by the verb of the program. */
class DrainIT {
    /** Longer than any test takes: it ends when a test says so. */
    private static final Map<String, String> LONG = Map.of("drain.delay", "10m", "drain.window", "0s");

    private static String told(Response response, int status) {
        assertEquals(status, response.status(), response::toString);
        return response.body();
    }

    private static void awaitState(Member member, String state) {
        await(state).until(() -> told(member.http().get("/admin/drain"), 200).contains(state));
    }

    /** A machine that is busy may have paused the member for so long that it makes sure of itself first. */
    private static void awaitReady(Member member) {
        await("it is ready").until(() -> ready(member).status() == 200);
    }

    private static Response ready(Member member) {
        return member.http().get("/health/ready");
    }

    @Test
    void aMemberThatIsDrainedServesEverythingAndThenAnswersWhatItHolds() {
        try (Member member = Member.start(LONG)) {
            Http http = member.http();
            assertEquals("{\"state\":\"serving\",\"holds\":0}\n", told(http.get("/admin/drain"), 200));
            Exchange before = http.send("GET", "/counters/a/value/?last=0&wait=100");
            await().until(() -> member.holds() == 1);

            assertTrue(told(http.post("/admin/drain"), 202)
                    .startsWith("{\"state\":\"delaying\",\"holds\":1,\"remaining\":5"));

            assertTrue(told(ready(member), 503).contains("this member is about to stop"), ready(member)::body);
            assertEquals(1, member.meter("holdfast_drain_state"));
            Exchange during = http.send("GET", "/counters/b/value/?last=0&wait=100");
            await().until(() -> member.holds() == 2);
            assertEquals(200, http.post("/counters/b/value/").status());
            assertEquals(200, during.response().status());
            assertFalse(before.isAnswered());

            told(http.post("/admin/drain?delay=0"), 202);

            assertEquals("{}\n", told(before.response(), 200));
            awaitState(member, "drained");
            Response refused = http.get("/counters/a/value/?last=0&wait=100");
            assertEquals(503, refused.status());
            assertFalse(refused.header("Retry-After").isEmpty());
            assertTrue(told(ready(member), 503).contains("it is drained"));
            assertEquals(3, member.meter("holdfast_drain_state"));
            Response late = http.send("DELETE", "/admin/drain").response();
            assertTrue(told(late, 409).contains("\"value\":\"drained\""), late.body());
        }
    }

    @Test
    void aDrainIsTakenBack() {
        try (Member member = Member.start(LONG)) {
            told(member.http().post("/admin/drain"), 202);
            assertTrue(told(ready(member), 503).contains("about to stop"));

            assertEquals(
                    "{\"state\":\"serving\",\"holds\":0}\n",
                    told(member.http().send("DELETE", "/admin/drain").response(), 200));

            awaitReady(member);
        }
    }

    @Test
    void theDelayIsChecked() {
        try (Member member = Member.start(LONG)) {
            for (String wrong : new String[] {"-1", "601", "soon"})
                assertTrue(told(member.http().post("/admin/drain?delay=" + wrong), 400)
                        .contains("\"field\":\"delay\""));
            awaitReady(member);
        }
    }

    @Test
    void onlyOperatorsAndProgramsOnThisMachineDrain() {
        String ops = Http.basic("ops:secret");
        try (Member member = Member.start(LONG, Users.of("ops", "secret", "operator"))) {
            Http http = member.http();
            for (String method : new String[] {"GET", "POST", "DELETE"}) {
                assertEquals(
                        401,
                        http.send(method, "/admin/drain", "Via: 1.1 a")
                                .response()
                                .status());
                assertEquals(
                        403,
                        http.send(method, "/admin/drain", "Origin: http://a.example")
                                .response()
                                .status());
            }
            awaitReady(member);
            assertEquals(
                    202,
                    http.send("POST", "/admin/drain", "Via: 1.1 a", ops)
                            .response()
                            .status());
        }
        Map<String, String> settings = Map.of("drain.delay", "10m", "access.operate", "role");
        try (Member member = Member.start(settings, Users.of("ann", "secret", "publisher", "worker"))) {
            assertEquals(401, member.http().post("/admin/drain").status());
            assertEquals(
                    403,
                    member.http()
                            .send("POST", "/admin/drain", Http.basic("ann:secret"))
                            .response()
                            .status());
            awaitReady(member);
        }
    }

    @Test
    void theBeanOfJmxDoesTheSame() throws Exception {
        var beans = ManagementFactory.getPlatformMBeanServer();
        ObjectName name;
        try (Member member = Member.start(LONG)) {
            name = new ObjectName("io.holdfast:type=Drain,context=" + ObjectName.quote(member.context()));
            beans.invoke(name, "drain", new Object[0], new String[0]);
            assertEquals("delaying", beans.getAttribute(name, "State"));
            assertTrue(told(ready(member), 503).contains("about to stop"));
            assertEquals(true, beans.invoke(name, "takeBack", new Object[0], new String[0]));
            awaitReady(member);

            BlockingQueue<String> closed = new LinkedBlockingQueue<>();
            Runnable door = () -> closed.add("closed");
            beans.invoke(name, "drainBehind", new Object[] {door}, new String[] {"java.lang.Runnable"});
            assertTrue(closed.isEmpty());
            beans.invoke(name, "drainWithin", new Object[] {0L}, new String[] {"long"});

            assertEquals("closed", closed.poll(30, TimeUnit.SECONDS));
            await().until(() -> beans.getAttribute(name, "State").equals("drained"));
            assertEquals(0, beans.getAttribute(name, "Holds"));
        }
        assertFalse(beans.isRegistered(name));
    }

    @Test
    void theVerbWaitsAndTakesBack() {
        try (Member member = Member.start(LONG)) {
            String url = "http://127.0.0.1:" + member.http().port() + member.context();
            assertEquals(0, new CommandLine(new DrainCommand()).execute("--url", url));
            awaitState(member, "delaying");
            assertEquals(0, new CommandLine(new DrainCommand()).execute("--take-back", "--url", url + "/"));
            awaitState(member, "serving");

            assertEquals(0, new CommandLine(new DrainCommand()).execute("--now", "--wait", "--url", url));

            awaitState(member, "drained");
            assertEquals(1, new CommandLine(new DrainCommand()).execute("--take-back", "--url", url));
            assertEquals(1, new CommandLine(new DrainCommand()).execute("--url", url + "/none"));
        }
        assertEquals(1, new CommandLine(new DrainCommand()).execute("--url", "http://127.0.0.1:1/"));
        assertEquals(1, new CommandLine(new DrainCommand()).execute("--url", "nothing"));
        assertEquals(2, new CommandLine(new DrainCommand()).execute("--wrong"));
    }
}
