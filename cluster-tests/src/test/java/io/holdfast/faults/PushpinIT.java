// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pushpin and Holdfast get the same bytes in front of the same backend. Clients, backends and publishers must then get the same from both,
 * apart from the parts that {@link Shown} leaves out. {@link PushpinCases#DIFFERENT} has all other differences, with the reasons.
 */
class PushpinIT {
    private static final Map<String, List<CompletableFuture<String>>> RUNS = new ConcurrentHashMap<>();

    private static ExecutorService executor;
    private static Script[] origins;
    private static Pushpin pushpin;
    private static Member member;

    @BeforeAll
    static void start() throws Exception {
        origins = new Script[] {new Script(PushpinCases.ANSWERS), new Script(PushpinCases.ANSWERS)};
        int dead = free(), deader = free();
        pushpin = new Pushpin("pushpin", routes(origins[0].port(), dead, deader));
        Path routes = Spawned.folder("pushpin-compared").resolve("routes");
        Files.writeString(routes, routes(origins[1].port(), dead, deader));
        member = Member.alone("compared", "proxy.routes=" + routes, "grip.key=changeme", "grip.issuer=pushpin");
        member.awaitReady(1, Duration.ofMinutes(3));
        executor = Executors.newFixedThreadPool(24);
        List<Side> sides = List.of(
                new Side("Pushpin", pushpin.port(), pushpin.control(), origins[0]),
                new Side("Holdfast", member.port(), member.port(), origins[1]));
        PushpinCases.CASES.forEach((name, one) -> RUNS.put(
                name, sides.stream().map(side -> run(one, side, executor)).collect(Collectors.toList())));
    }

    static CompletableFuture<String> run(PushpinCases.Case one, Side side, Executor executor) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return one.of(side);
                    } catch (Exception e) {
                        throw new AssertionError(side.name(), e);
                    }
                },
                executor);
    }

    static String routes(int origin, int dead, int deader) {
        return """
                plain.test 127.0.0.1:%1$d
                debug.test,debug 127.0.0.1:%1$d
                open.test,aco 127.0.0.1:%1$d
                basic.test,aco,jsonp_mode=basic,jsonp_cb=cb,jsonp_body=data,jsonp_defcb=go 127.0.0.1:%1$d
                open-down.test,aco 127.0.0.1:%2$d
                built-in.test test
                down.test 127.0.0.1:%2$d 127.0.0.1:%3$d
                debug-down.test,debug 127.0.0.1:%2$d 127.0.0.1:%3$d
                """.formatted(origin, dead, deader);
    }

    /** A port on which no program listens. */
    static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (executor != null) executor.shutdownNow();
        if (member != null) member.close();
        if (pushpin != null) pushpin.close();
        for (Script origin : origins) origin.close();
    }

    static Set<String> cases() {
        return PushpinCases.CASES.keySet();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void holdfastAnswersAsPushpinDoes(String name) throws Exception {
        List<String> both = new ArrayList<>();
        for (CompletableFuture<String> run : RUNS.getOrDefault(name, List.of())) both.add(run.get(30, SECONDS));
        String why = PushpinCases.DIFFERENT.get(name);
        if (why == null) assertEquals(both.get(0), both.get(1));
        else assertNotEquals(both.get(0), both.get(1), () -> "They do not differ any more: " + why);
    }
}
