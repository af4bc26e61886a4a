// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The network drops every packet between a member and some of its clients, which are held and sent nothing. The host of the member asks
 * idle connections after seconds, as the page of operations advises.
 */
class CutOffIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int CLIENTS = 20;
    private static final List<String> KEEP_ALIVE = List.of(
            "net/ipv4/tcp_keepalive_time=2", "net/ipv4/tcp_keepalive_intvl=1", "net/ipv4/tcp_keepalive_probes=3");

    @Test
    void clientsWhoseCableIsCutAreHeldNoMoreAndTheOthersAre() throws Exception {
        try (Lan lan = new Lan();
                Member member = new Member(
                        "cut-off",
                        lan.address(0),
                        8080,
                        5701,
                        lan.on(0),
                        List.of("hold.longest=1h", "cluster.interface=" + lan.address(0)),
                        List.of())) {
            for (String setting : KEEP_ALIVE) {
                String[] pair = setting.split("=", 2);
                run(lan, "sh", "-c", "echo " + pair[1] + " > /proc/sys/" + pair[0]);
            }
            member.awaitReady(1, PATIENCE);
            CompletableFuture<HttpResponse<String>> honest =
                    member.http().get(member.uri("/counters/cut/value/?last=0&wait=3600"), PATIENCE.multipliedBy(2));
            List<Socket> cut = new ArrayList<>();
            try {
                for (int i = 0; i < CLIENTS; i++) cut.add(held(lan.address(0)));
                await("all are held").atMost(PATIENCE).until(() -> member.metric("holdfast_holds") == CLIENTS + 1);
                for (Socket socket : cut) drop(lan, socket.getLocalPort());

                await("those who are cut off are held no more")
                        .atMost(PATIENCE)
                        .until(() -> member.metric("holdfast_holds") == 1);
            } finally {
                for (Socket socket : cut) socket.close();
            }
            assertFalse(honest.isDone());
            assertTrue(member.metric("holdfast_endings_total{ending=\"gone\"}") >= CLIENTS);
            assertEquals(
                    200,
                    member.http()
                            .post(member.uri("/counters/cut/value/"), PATIENCE)
                            .get()
                            .statusCode());
            assertEquals("1", honest.get(3, TimeUnit.MINUTES).body().strip());
        }
    }

    private static Socket held(String address) throws Exception {
        Socket socket = new Socket(address, 8080);
        socket.getOutputStream()
                .write("GET /counters/cut/value/?last=0&wait=3600 HTTP/1.1\r\nHost: t\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Drops the packets of one connection in both directions, at the member's host. */
    private static void drop(Lan lan, int port) {
        String number = Integer.toString(port);
        run(lan, "iptables", "-A", "INPUT", "-p", "tcp", "--sport", number, "-j", "DROP");
        run(lan, "iptables", "-A", "OUTPUT", "-p", "tcp", "--dport", number, "-j", "DROP");
    }

    private static void run(Lan lan, String... words) {
        List<String> command = new ArrayList<>(lan.on(0));
        command.addAll(List.of(words));
        Spawned.run(command.toArray(String[]::new));
    }
}
