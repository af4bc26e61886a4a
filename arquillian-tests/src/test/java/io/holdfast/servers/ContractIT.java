// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Http.Response;
import io.holdfast.testing.Line;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.TargetsContainer;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** The web archive on two servers of one kind, as one cluster. */
@ExtendWith(ArquillianExtension.class)
class ContractIT extends Contract {

    private static final int LATE = Integer.MAX_VALUE - 1;

    private static OfSenders.@Nullable Crowd slow;

    @BeforeAll
    static void begin() throws IOException {
        OfTomcat.BACKEND.listen();
        Awaitility.await().atMost(Server.PATIENCE).until(ContractIT::isJoined);
        slow = new OfSenders.Crowd(Shipped.b());
    }

    /** A member that has not found the other yet might refuse requests for that. */
    private static boolean isJoined() {
        Response ready = Shipped.http(Shipped.b()).get("/health/ready");
        return ready.status() == 200 && ready.body().contains("\"members\":2");
    }

    @AfterAll
    static void end() throws IOException {
        if (slow != null) slow.close();
        OfTomcat.BACKEND.leave();
    }

    @Deployment(name = "a", testable = false, order = 1)
    @TargetsContainer("a")
    static WebArchive onA() {
        return war();
    }

    @Deployment(name = "b", testable = false, order = 2)
    @TargetsContainer("b")
    static WebArchive onB() {
        return war();
    }

    private static WebArchive war() {
        return ShrinkWrap.createFromZipFile(WebArchive.class, Build.war().toFile());
    }

    /** A server knows CONNECT or refuses its target; neither is a failure. */
    @Test
    void aTunnelIsRefusedAndNotInTheLog() throws Exception {
        String target = "no-tunnel-here:80";
        try (Line line =
                Line.to(holder().getPort()).send("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n")) {
            String head = line.readTo("\r\n\r\n");
            assertTrue(head.matches("(?s)HTTP/1\\.1 (400|405|501) .*"), head);
        }
        assertFalse(log().contains(target), "the tunnel is in the log");
    }

    @TestFactory
    Stream<DynamicTest> ofBalancers() {
        return SideBySide.tests(OfBalancers.class, () -> new OfBalancers(holder()));
    }

    @TestFactory
    Stream<DynamicTest> ofTomcat() {
        return Shipped.isTomcat()
                ? SideBySide.tests(OfTomcat.class, () -> new OfTomcat(holder(), releaser()))
                : Stream.empty();
    }

    /** These tests run when no others do, because they count the requests that are held. */
    @TestFactory
    @Order(LATE - 1)
    Stream<DynamicTest> ofDepartures() {
        return SideBySide.tests(OfDepartures.class, () -> new OfDepartures(holder(), releaser()));
    }

    /** By now, the slow requests have ended. */
    @TestFactory
    @Order(LATE)
    Stream<DynamicTest> ofSenders() {
        OfSenders.Crowd crowd = Objects.requireNonNull(slow);
        return SideBySide.tests(OfSenders.class, () -> new OfSenders(crowd));
    }

    @Override
    URI holder() {
        return Shipped.a();
    }

    @Override
    URI releaser() {
        return Shipped.b();
    }

    @Override
    String log() throws IOException {
        return Shipped.log();
    }
}
