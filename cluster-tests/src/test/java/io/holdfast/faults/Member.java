// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;

import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One member: {@code java -jar holdfast.war} in a process of its own, which a test can kill, freeze, thaw and restart. */
final class Member implements AutoCloseable {
    private static final Path WAR = Path.of(System.getProperty("holdfast.war", "../webapp/target/holdfast.war"));
    private static final Path LOGGING =
            Path.of("src", "test", "resources", "member-logging.properties").toAbsolutePath();
    private static final Pattern MEMBERS = Pattern.compile("\"members\":(\\d+)");

    private final String name;
    private final String address;
    private final int port, memberPort;
    private final List<String> prefix, settings, options;
    private final Http http = new Http();
    private Spawned process;

    /**
     * Starts it.
     *
     * @param prefix the words before the command, such as {@code ip netns exec}
     * @param settings system properties, KEY=VALUE, or options of the JVM, which begin with a dash
     * @param options the options of the program
     */
    Member(
            String name,
            String address,
            int port,
            int memberPort,
            List<String> prefix,
            List<String> settings,
            List<String> options) {
        this.name = name;
        this.address = address;
        this.port = port;
        this.memberPort = memberPort;
        this.prefix = prefix;
        this.settings = settings;
        this.options = options;
        this.process = spawn();
    }

    /** Starts a member alone on loopback. */
    static Member alone(String name, String... settings) {
        int memberPort = Ports.free();
        return new Member(
                name,
                "127.0.0.1",
                Ports.free(),
                memberPort,
                List.of(),
                List.of(settings),
                List.of("--cluster-port", Integer.toString(memberPort)));
    }

    /** The command that runs the archive in a small JVM, which starts quickly and has a temporary folder of its own. */
    static List<String> command(String name, List<String> settings, List<String> options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                // This halves the time that a process takes to start.
                "-XX:TieredStopAtLevel=1",
                "-Djava.util.logging.config.file=" + LOGGING,
                "-Djava.io.tmpdir=" + Spawned.folder(name)));
        for (String setting : settings) command.add(setting.startsWith("-") ? setting : "-Dholdfast." + setting);
        command.addAll(List.of("-jar", archive()));
        command.addAll(options);
        return command;
    }

    /** The path of the archive. */
    static String archive() {
        return WAR.toAbsolutePath().normalize().toString();
    }

    private Spawned spawn() {
        List<String> all = new ArrayList<>(List.of("--port", Integer.toString(port), "--bind", address));
        all.addAll(options);
        List<String> command = new ArrayList<>(prefix);
        command.addAll(command(name, settings, all));
        return Spawned.start(name, command, Map.of());
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    String httpAddress() {
        return address + ":" + port;
    }

    String memberAddress() {
        return address + ":" + memberPort;
    }

    URI uri(String path) {
        return URI.create("http://" + httpAddress() + path);
    }

    Spawned process() {
        return process;
    }

    Http http() {
        return http;
    }

    void kill() {
        process.close();
    }

    /** Stops it as an operator would. */
    void stop() {
        process.signal("TERM");
        process.awaitEnd(Duration.ofMinutes(3));
        process.close();
    }

    void freeze() {
        process.signal("STOP");
    }

    void thaw() {
        process.signal("CONT");
    }

    void restart() {
        process = spawn();
    }

    /** Waits until it is ready in a cluster of that many. */
    void awaitReady(int members, Duration atMost) {
        await(name + " is ready with " + members + " members")
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    if (!process.isAlive()) throw new AssertionError(name + " has ended:\n" + process.log());
                    return isReady(members);
                });
    }

    boolean isReady(int members) {
        try {
            HttpResponse<String> response = http.ask(uri("/health/ready"));
            return response.statusCode() == 200 && members(response.body()) == members;
        } catch (IOException e) {
            return false;
        }
    }

    private static int members(String body) {
        Matcher matcher = MEMBERS.matcher(body);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    /** The value of one of its metrics. */
    double metric(String metric) throws IOException {
        return http.ask(uri("/metrics"))
                .body()
                .lines()
                .filter(line -> line.startsWith(metric + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No metric " + metric + " at " + name));
    }

    /** The value of the counter at this member. */
    long value(String counter) throws IOException {
        HttpResponse<String> response = http.ask(uri("/counters/" + counter + "/value/"));
        if (response.statusCode() != 200) throw new IOException(response.statusCode() + " " + response.body());
        return Long.parseLong(response.body().strip());
    }

    @Override
    public void close() {
        process.close();
        http.close();
    }
}
