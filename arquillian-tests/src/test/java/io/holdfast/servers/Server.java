// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A server that the test itself starts and ends. The test deploys by the ordinary means of that server. */
abstract class Server implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(10);

    final Layout layout;

    Server(Layout layout) {
        this.layout = layout;
    }

    /** The kinds of servers. */
    enum Kind {
        TOMCAT,
        TOMCAT11,
        WILDFLY,
        PAYARA
    }

    /** A server of that kind in a fresh folder for this purpose, with these settings of Holdfast. */
    static Server of(Kind kind, String purpose, Map<String, String> settings) throws IOException {
        Layout layout = new Layout(kind.name().toLowerCase(Locale.ROOT) + "-" + purpose);
        return switch (kind) {
            case TOMCAT -> new TomcatServer(layout, "10", settings);
            case TOMCAT11 -> new TomcatServer(layout, "11", settings);
            case WILDFLY -> new WildFlyServer(layout, settings);
            case PAYARA -> new PayaraServer(layout, settings);
        };
    }

    /** Starts it and waits until it serves. */
    abstract void start() throws Exception;

    /** Stops it as its page says, so that nobody notices, and waits for its end. */
    abstract void stop() throws Exception;

    /** Puts the web archive on it. */
    abstract void deploy(Path war) throws Exception;

    /** Takes the web archive off it. */
    abstract void undeploy() throws Exception;

    /** The process that serves. */
    abstract ProcessHandle process();

    /** Gives its threads something else to do. They may keep objects of their last task until then. */
    void distract() throws Exception {}

    /** Everything that the server has written to its logs. */
    abstract String log() throws IOException;

    final URI base() {
        return Shipped.base(layout);
    }

    /** Waits until Holdfast is ready on it. */
    final void awaitReady(Client client) {
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> client.get(base().resolve("health/ready")).statusCode() == 200);
    }

    /** Ends it at once, and waits for its end. */
    @Override
    public void close() {
        ProcessHandle process = process();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
    }

    /** Runs the script that ships for such a server, with the program that drains. */
    final void runStop(Path script, String... environment) throws IOException, InterruptedException {
        Command command = Command.of(script)
                .with("HOLDFAST", Build.repository().resolve("bin/holdfast").toString())
                .with("HOLDFAST_WAR", Build.war().toString())
                .with("HOLDFAST_URL", base().toString());
        for (int i = 0; i < environment.length; i += 2) command.with(environment[i], environment[i + 1]);
        command.run();
        awaitEnd();
    }

    final void awaitEnd() {
        process().onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    static String read(Path folder, String end) throws IOException {
        StringBuilder all = new StringBuilder();
        try (var files = Files.list(folder)) {
            for (Path file :
                    (Iterable<Path>) files.filter(path -> path.toString().endsWith(end))::iterator)
                all.append(Files.readString(file));
        }
        return all.toString();
    }
}
