// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Payara, one domain of it, administered by asadmin. */
final class PayaraServer extends Server {
    /** The ports of the domain that comes with Payara: HTTP and administration first. */
    static final List<Integer> STOCK = List.of(8080, 4848, 8181, 3700, 3820, 3920, 7676, 8686, 6666, 9009, 5900, 4900);

    private @Nullable ProcessHandle process;

    PayaraServer(Layout layout, Map<String, String> settings) throws IOException {
        super(layout);
        layout.payara().settings(domain(layout).resolve("config"), settings);
    }

    static Path domain(Layout layout) {
        return Build.server("payara").resolve("glassfish/domains").resolve(layout.name());
    }

    static Path asadmin() {
        return Build.server("payara").resolve("bin/asadmin");
    }

    static void copy(Layout from, Layout to) throws IOException {
        Build.copy(domain(from), domain(to));
        renumber(ports(from), to);
    }

    /** Gives the domain of that layout the ports of the layout. */
    static void renumber(List<Integer> from, Layout to) throws IOException {
        Path settings = domain(to).resolve("config/domain.xml");
        String text = Files.readString(settings);
        List<Integer> ports = ports(to);
        for (int i = 0; i < from.size(); i++)
            text = text.replace("\"" + from.get(i) + "\"", "\"" + ports.get(i) + "\"");
        Files.writeString(settings, text);
    }

    private static List<Integer> ports(Layout layout) {
        List<Integer> ports = new ArrayList<>(List.of(layout.http(), layout.admin()));
        while (ports.size() < STOCK.size()) ports.add(layout.admin() + ports.size());
        return ports;
    }

    @Override
    void start() throws Exception {
        Command.of(asadmin(), "start-domain", layout.name()).run();
        String pid = Files.readString(domain(layout).resolve("config/pid")).strip();
        process = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    @Override
    void deploy(Path war) throws Exception {
        remote("deploy", war.toString());
    }

    @Override
    void undeploy() throws Exception {
        remote("undeploy", "holdfast");
    }

    private void remote(String command, String operand) throws IOException, InterruptedException {
        Command.of(asadmin(), "--port", Integer.toString(layout.admin()), command, operand)
                .run();
    }

    @Override
    ProcessHandle process() {
        if (process == null) throw new IllegalStateException("not started");
        return process;
    }

    @Override
    String log() throws IOException {
        return read(domain(layout).resolve("logs"), "server.log");
    }
}
