// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** HAProxy with the sample that ships, in front of three servers: round robin, without affinity. */
final class Proxy implements AutoCloseable {
    private final String address;
    private final Process process;

    private Proxy(String address, Process process) {
        this.address = address;
        this.process = process;
    }

    static Proxy before(List<Server> servers) throws IOException {
        Path folder = Files.createDirectories(Build.run("haproxy"));
        // The path of a copy shows that the process belongs to this build.
        Path sample = Files.copy(
                Build.repository().resolve("load-balancer-conf/haproxy.cfg"),
                folder.resolve("haproxy.cfg"),
                StandardCopyOption.REPLACE_EXISTING);
        ProcessBuilder builder = new ProcessBuilder("haproxy", "-db", "-f", sample.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("haproxy.log").toFile());
        String address = "127.0.0.1:" + Ports.free();
        builder.environment().put("HOLDFAST_LISTEN", address);
        builder.environment().put("HOLDFAST_CONTEXT", "/holdfast");
        for (int i = 0; i < servers.size(); i++)
            builder.environment()
                    .put("HOLDFAST_" + "ABC".charAt(i), servers.get(i).base().getAuthority());
        return new Proxy(address, builder.start());
    }

    URI base() {
        return URI.create("http://" + address + "/holdfast/");
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }
}
