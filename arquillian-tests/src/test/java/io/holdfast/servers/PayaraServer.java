// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One domain of Payara, administered by asadmin. */
final class PayaraServer extends Server {
    /** The ports of the domain that Payara ships: HTTP and administration first. */
    static final List<Integer> STOCK = List.of(8080, 4848, 8181, 3700, 3820, 3920, 7676, 8686, 6666, 9009, 5900, 4900);

    static final String STOCK_DOMAIN = "domain1";

    private @Nullable ProcessHandle process;

    PayaraServer(Layout layout, Map<String, String> settings) throws IOException {
        super(layout);
        layout.payara().settings(domain(layout).resolve("config"), settings);
    }

    static Path domain(Layout layout) {
        return domain(layout.name());
    }

    static Path domain(String name) {
        return Build.server("payara").resolve("glassfish/domains").resolve(name);
    }

    static Path asadmin() {
        return Build.server("payara").resolve("bin/asadmin");
    }

    /** Copies the domain that Payara ships, which has the shipped settings. */
    static void copyStock(Layout to) throws IOException {
        Build.copy(domain(STOCK_DOMAIN), domain(to));
        renumber(domain(to), STOCK, to.ports());
    }

    /** Replaces the ports of a domain that does not run. */
    static void renumber(Path domain, List<Integer> from, List<Integer> to) throws IOException {
        Path settings = domain.resolve("config/domain.xml");
        String text = Files.readString(settings);
        for (int i = 0; i < from.size(); i++) text = text.replace("\"" + from.get(i) + "\"", "\"" + to.get(i) + "\"");
        Files.writeString(settings, text);
    }

    @Override
    void start() throws Exception {
        Command.of(asadmin(), "start-domain", layout.name()).run();
        String pid = Files.readString(domain(layout).resolve("config/pid")).strip();
        process = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    @Override
    void stop() throws Exception {
        runStop(
                Build.repository().resolve("payara-conf/stop.sh"),
                "PAYARA_HOME",
                Build.server("payara").toString(),
                "PAYARA_DOMAIN",
                layout.name());
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
