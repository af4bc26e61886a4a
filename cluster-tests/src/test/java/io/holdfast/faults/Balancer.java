// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;

import io.holdfast.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A load balancer in a process of its own. It has the sample configuration that ships, with other addresses. */
final class Balancer implements AutoCloseable {
    private static final Path SAMPLES = Path.of(System.getProperty("holdfast.balancers", "../load-balancer-conf"))
            .toAbsolutePath()
            .normalize();

    private final int port;
    private final Spawned process;

    private Balancer(int port, Spawned process, int members) {
        this.port = port;
        this.process = process;
        try (Http http = new Http()) {
            // The balancer goes round robin, so as many answers as members come from each of them.
            for (int i = 0; i < members; i++)
                await("the balancer answers")
                        .atMost(Duration.ofMinutes(3))
                        .ignoreExceptions()
                        .until(() -> {
                            if (!process.isAlive()) throw new AssertionError(process.log());
                            return http.ask(uri("/health/ready")).statusCode() == 200;
                        });
        } catch (Throwable t) {
            process.close();
            throw t;
        }
    }

    static Balancer haproxy(List<Member> members) {
        return haproxy(addresses(members), members.size());
    }

    static Balancer nginx(List<Member> members) {
        return nginx(addresses(members), members.size());
    }

    /** One of that kind, in front of three addresses. */
    static Balancer at(String kind, List<String> members) {
        return kind.equals("nginx") ? nginx(members, 1) : haproxy(members, 1);
    }

    private static List<String> addresses(List<Member> members) {
        return members.stream().map(Member::httpAddress).toList();
    }

    private static Balancer haproxy(List<String> members, int ready) {
        int port = Ports.free();
        Path config = SAMPLES.resolve("haproxy.cfg");
        return new Balancer(
                port,
                Spawned.start("haproxy", List.of("haproxy", "-db", "-f", config.toString()), addresses(port, members)),
                ready);
    }

    private static Balancer nginx(List<String> members, int ready) {
        int port = Ports.free();
        Path folder = Spawned.folder("nginx");
        Path config = folder.resolve("nginx.conf");
        try {
            String text = Files.readString(SAMPLES.resolve("nginx.conf"));
            for (Map.Entry<String, String> address : addresses(port, members).entrySet()) {
                String marked = "127\\.0\\.0\\.1:\\d+(.*# " + address.getKey() + "\\n)";
                if (!text.matches("(?s).*" + marked + ".*"))
                    throw new AssertionError("The sample has no line marked " + address.getKey());
                text = text.replaceAll(marked, address.getValue() + "$1");
            }
            Files.writeString(config, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String global = "daemon off; error_log stderr; pid " + folder.resolve("nginx.pid") + ";";
        return new Balancer(
                port,
                Spawned.start(
                        "nginx",
                        List.of("nginx", "-p", folder.toString(), "-c", config.toString(), "-g", global),
                        Map.of()),
                ready);
    }

    private static Map<String, String> addresses(int port, List<String> members) {
        Map<String, String> addresses = new LinkedHashMap<>();
        addresses.put("HOLDFAST_LISTEN", "127.0.0.1:" + port);
        for (int i = 0; i < members.size(); i++) addresses.put("HOLDFAST_" + "ABC".charAt(i), members.get(i));
        return addresses;
    }

    int port() {
        return port;
    }

    /** All that it has logged. */
    String log() {
        return process.log();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    @Override
    public void close() {
        // nginx ends its own processes only if it is asked to terminate.
        if (process.isAlive()) process.signal("TERM");
        process.awaitEnd(Duration.ofSeconds(10));
        process.close();
    }
}
