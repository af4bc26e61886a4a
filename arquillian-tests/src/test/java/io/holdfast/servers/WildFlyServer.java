// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** WildFly, deployed to by its deployment scanner. */
final class WildFlyServer extends Server {
    private @Nullable Process process;

    WildFlyServer(Layout layout, Map<String, String> settings) throws IOException {
        super(layout);
        layout.wildfly().settings(layout.folder().resolve("configuration"), settings);
        // Tests that deploy many times need not wait five seconds for the scanner each time.
        Build.edit(
                layout.folder().resolve("configuration/standalone.xml"),
                "scan-interval=\"5000\"",
                "scan-interval=\"200\"");
    }

    @Override
    void start() throws Exception {
        Files.createDirectories(layout.folder().resolve("log"));
        List<String> command = new ArrayList<>(layout.wildflyArguments());
        command.add(0, Build.server("wildfly").resolve("bin/standalone.sh").toString());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(layout.folder().resolve("log/console.log").toFile());
        builder.environment().put("JAVA_OPTS", "-Xmx512m -Djava.net.preferIPv4Stack=true");
        process = builder.start();
        Client client = new Client();
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> client.get(welcome()).statusCode() == 200);
    }

    @Override
    void stop() throws Exception {
        runStop(
                Build.repository().resolve("wildfly-conf/stop.sh"),
                "JBOSS_HOME",
                Build.server("wildfly").toString(),
                "HOLDFAST_CONTROLLER",
                "127.0.0.1:" + layout.admin());
    }

    private URI welcome() {
        return URI.create("http://127.0.0.1:" + layout.http() + "/");
    }

    @Override
    void deploy(Path war) throws Exception {
        Path copy = layout.folder().resolve("holdfast.war.part");
        Files.copy(war, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, deployments("holdfast.war"), StandardCopyOption.ATOMIC_MOVE);
        awaitMarker("holdfast.war.deployed");
    }

    @Override
    void undeploy() throws Exception {
        Files.delete(deployments("holdfast.war.deployed"));
        awaitMarker("holdfast.war.undeployed");
        Files.delete(deployments("holdfast.war"));
        Files.deleteIfExists(deployments("holdfast.war.undeployed"));
    }

    private void awaitMarker(String marker) {
        Awaitility.await().atMost(PATIENCE).until(() -> {
            if (Files.exists(deployments("holdfast.war.failed")))
                throw new IllegalStateException(Files.readString(deployments("holdfast.war.failed")));
            return Files.exists(deployments(marker));
        });
    }

    private Path deployments(String file) {
        return layout.folder().resolve("deployments").resolve(file);
    }

    @Override
    ProcessHandle process() {
        if (process == null) throw new IllegalStateException("not started");
        // The script waits for the JVM.
        return process.descendants()
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElse(process.toHandle());
    }

    @Override
    public void close() {
        super.close();
        if (process != null) process.destroyForcibly();
    }

    @Override
    String log() throws IOException {
        return read(layout.folder().resolve("log"), "server.log");
    }
}
