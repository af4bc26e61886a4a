// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases by which Holdfast is compared with Pushpin, once directly and once through each balancer that has a sample. Clients, backends
 * and publishers must get the same, apart from the parts that {@link Shown} leaves out. The maps have all other differences, with the
 * reasons: each of them is the balancer's own.
 */
@Tag("drill")
class BehindBalancersIT {
    private static final Map<String, Map<String, String>> DIFFERENT = Map.of(
            "HAProxy",
            Map.of(),
            "nginx",
            Map.of(
                    "a client of HTTP/1.0", "nginx says HTTP/1.1 to every client",
                    "published in chunks", "nginx waits for the whole body, which does not come"));
    private static final Pattern NAME = Pattern.compile("(?m)^[\\w-]+: ");
    private static final int AT_ONCE = 24;

    private static final Map<String, CompletableFuture<String>> RUNS = new ConcurrentHashMap<>();
    private static final List<AutoCloseable> STARTED = new ArrayList<>();
    private static final ExecutorService EXECUTOR = Executors.newFixedThreadPool(AT_ONCE);

    @BeforeAll
    static void start() throws Exception {
        for (String name : List.of("Holdfast", "HAProxy", "nginx")) {
            Script origin = started(new Script(PushpinCases.ANSWERS));
            Path routes = Spawned.folder("behind-" + name).resolve("routes");
            Files.writeString(routes, PushpinIT.routes(origin.port(), PushpinIT.free(), PushpinIT.free()));
            Member member = started(Member.alone(
                    "behind-" + name,
                    "proxy.routes=" + routes,
                    "proxy.trusted=127.0.0.1",
                    "access.publish=anyone",
                    "grip.key=changeme",
                    "grip.issuer=pushpin"));
            member.awaitReady(1, Duration.ofMinutes(3));
            int port =
                    switch (name) {
                        case "HAProxy" ->
                            started(Balancer.haproxy(List.of(member, member, member)))
                                    .port();
                        case "nginx" ->
                            started(Balancer.nginx(List.of(member, member, member)))
                                    .port();
                        default -> member.port();
                    };
            Side side = new Side(name, port, port, origin);
            PushpinCases.CASES.forEach((what, one) -> RUNS.put(name + what, PushpinIT.run(one, side, EXECUTOR)));
        }
    }

    private static <T extends AutoCloseable> T started(T process) {
        STARTED.add(0, process);
        return process;
    }

    @AfterAll
    static void stop() throws Exception {
        EXECUTOR.shutdownNow();
        for (AutoCloseable each : STARTED) each.close();
    }

    static Stream<Arguments> cases() {
        return PushpinCases.CASES.keySet().stream()
                .flatMap(what -> DIFFERENT.keySet().stream().map(balancer -> Arguments.of(balancer, what)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aBalancerChangesNothing(String balancer, String what) throws Exception {
        String direct = normal(of("Holdfast", what).get(60, SECONDS));
        String why = DIFFERENT.getOrDefault(balancer, Map.of()).get(what);
        if (why == null) assertEquals(direct, normal(of(balancer, what).get(60, SECONDS)));
        else
            assertNotEquals(
                    direct,
                    of(balancer, what)
                            .handle((shown, failed) -> failed == null ? normal(shown) : "no answer")
                            .get(60, SECONDS),
                    () -> "They do not differ any more: " + why);
    }

    /**
     * Without differences that mean nothing: HAProxy writes the names of headers in lower case, nginx names itself where nobody else
     * does, and the sides have other ports.
     */
    private static String normal(String shown) {
        return NAME.matcher(shown)
                .replaceAll(name -> Matcher.quoteReplacement(name.group().toLowerCase(Locale.ROOT)))
                .replaceAll("(?m)^(server: nginx|cache-control: no-store)\n", "")
                .replaceAll("(127\\.0\\.0\\.1|localhost):\\d+", "$1");
    }

    private static CompletableFuture<String> of(String side, String what) {
        CompletableFuture<String> run = RUNS.get(side + what);
        if (run == null) throw new IllegalStateException("No run of " + what);
        return run;
    }
}
