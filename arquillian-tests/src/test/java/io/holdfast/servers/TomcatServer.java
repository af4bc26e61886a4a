// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Tomcat, administered through its manager. */
final class TomcatServer extends Server {
    private static final String CREDENTIALS = "test:test";

    private final Client client = new Client();
    private @Nullable Process process;

    TomcatServer(Layout layout, String version, Map<String, String> settings) throws IOException {
        super(layout);
        layout.tomcat(version).settings(layout.folder().resolve("conf"), settings);
        // Tomcat waits two seconds for held requests before it stops Holdfast. Here it waits for less.
        Build.edit(layout.folder().resolve("conf/context.xml"), "<Context>", "<Context unloadDelay=\"200\">");
    }

    @Override
    void start() throws Exception {
        Path log = layout.folder().resolve("logs/console.log");
        ProcessBuilder builder = new ProcessBuilder(
                        layout.folder().resolve("bin/catalina.sh").toString(), "run")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("HOLDFAST_HEAP", "512m");
        builder.environment().put("HOLDFAST_HTTP_PORT", Integer.toString(layout.http()));
        builder.environment().put("HOLDFAST_HTTP_ADDRESS", "127.0.0.1");
        builder.environment().put("CATALINA_HOME", layout.folder().toString());
        builder.environment().put("CATALINA_BASE", layout.folder().toString());
        process = builder.start();
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> manage("list").startsWith("OK"));
    }

    /** As a service manager does. */
    @Override
    void stop() {
        process().destroy();
        awaitEnd();
    }

    @Override
    void deploy(Path war) throws Exception {
        require(manage("deploy?path=/holdfast&war=" + war.toUri()));
    }

    @Override
    void undeploy() throws Exception {
        require(manage("undeploy?path=/holdfast"));
    }

    /** Tomcat replaces the threads of its pool after an application has stopped: one a second, each when it asks for work. */
    @Override
    void distract() throws Exception {
        require(manage("list"));
    }

    private String manage(String command) throws IOException, InterruptedException {
        return client.getAs(CREDENTIALS, URI.create("http://127.0.0.1:" + layout.http() + "/manager/text/" + command))
                .body();
    }

    private static void require(String answer) {
        if (!answer.startsWith("OK")) throw new IllegalStateException(answer);
    }

    @Override
    ProcessHandle process() {
        if (process == null) throw new IllegalStateException("not started");
        return process.toHandle();
    }

    @Override
    String log() throws IOException {
        return read(layout.folder().resolve("logs"), "console.log");
    }
}
