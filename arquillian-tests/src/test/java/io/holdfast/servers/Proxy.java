// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import io.holdfast.testing.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A load balancer with the sample that ships, in front of members: round robin, without affinity. */
final class Proxy implements AutoCloseable {
    private static final Path SAMPLES = Build.repository().resolve("load-balancer-conf");

    private final String address;
    private final Process process;

    private final Path sample;

    private Proxy(String address, Process process, Path sample) {
        this.address = address;
        this.process = process;
        this.sample = sample;
    }

    /** HAProxy, which writes to a folder of that name, in front of these three members. */
    static Proxy haproxy(String name, List<URI> members) throws IOException {
        Path folder = Files.createDirectories(Build.run(name));
        // The path of a copy shows that the process belongs to this build.
        Path sample = Files.copy(
                SAMPLES.resolve("haproxy.cfg"), folder.resolve("haproxy.cfg"), StandardCopyOption.REPLACE_EXISTING);
        String address = "127.0.0.1:" + Ports.free();
        ProcessBuilder builder = logged(folder, List.of("haproxy", "-db", "-f", sample.toString()));
        builder.environment().put("HOLDFAST_CONTEXT", "/holdfast");
        builder.environment().putAll(addresses(address, members));
        return new Proxy(address, builder.start(), sample);
    }

    /** The same with nginx. */
    static Proxy nginx(String name, List<URI> members) throws IOException {
        Path folder = Files.createDirectories(Build.run(name)), sample = folder.resolve("nginx.conf");
        String address = "127.0.0.1:" + Ports.free(), text = Files.readString(SAMPLES.resolve("nginx.conf"));
        for (Map.Entry<String, String> marked : addresses(address, members).entrySet())
            text = text.replaceAll("127\\.0\\.0\\.1:\\d+(.*# " + marked.getKey() + "\\n)", marked.getValue() + "$1");
        Files.writeString(sample, text);
        String global = "daemon off; error_log stderr; pid " + folder.resolve("nginx.pid") + ";";
        List<String> command = List.of("nginx", "-p", folder.toString(), "-c", sample.toString(), "-g", global);
        return new Proxy(address, logged(folder, command).start(), sample);
    }

    private static ProcessBuilder logged(Path folder, List<String> command) {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("console.log").toFile());
    }

    private static Map<String, String> addresses(String listen, List<URI> members) {
        Map<String, String> addresses = new HashMap<>(Map.of("HOLDFAST_LISTEN", listen));
        for (int i = 0; i < members.size(); i++)
            addresses.put("HOLDFAST_" + "ABC".charAt(i), members.get(i).getAuthority());
        return addresses;
    }

    /** The step before a member drains: nginx has no health checks. HAProxy needs no step. */
    void leaveOut(URI member) throws IOException, InterruptedException {
        reload(member.getAuthority() + " max_fails", member.getAuthority() + " down max_fails");
    }

    /** Takes back that step. */
    void takeIn(URI member) throws IOException, InterruptedException {
        reload(member.getAuthority() + " down max_fails", member.getAuthority() + " max_fails");
    }

    private void reload(String from, String to) throws IOException, InterruptedException {
        if (!sample.endsWith("nginx.conf")) return;
        Build.edit(sample, from, to);
        Command.of(Path.of("/bin/kill"), "-HUP", Long.toString(process.pid())).run();
    }

    URI base() {
        return URI.create("http://" + address + "/holdfast/");
    }

    /** nginx ends its own processes only if it is asked to terminate, and would start others in place of those that are killed. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }
}
