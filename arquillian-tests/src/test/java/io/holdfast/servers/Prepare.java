// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Applies the shipped settings to the unpacked servers and lays out those that Arquillian starts. */
public final class Prepare {

    private Prepare() {}

    public static void main(String[] arguments) throws Exception {
        Path done = Build.target().resolve("servers/configured");
        try {
            if (!Files.exists(done)) configure();
        } finally {
            EndServers.main();
        }
        if (!Files.exists(done)) Files.createFile(done);
        Layouts.TOMCAT10_A.tomcat("10");
        Layouts.TOMCAT10_B.tomcat("10");
        Layouts.TOMCAT11_A.tomcat("11");
        Layouts.TOMCAT11_B.tomcat("11");
        Layouts.WILDFLY_A.wildfly();
        Layouts.WILDFLY_B.wildfly();
        payara(Layouts.PAYARA_A);
        payara(Layouts.PAYARA_B);
    }

    private static void configure() throws IOException, InterruptedException {
        makeExecutable();
        configureWildFly();
        configurePayara();
    }

    private static void payara(Layout layout) throws IOException {
        layout.payara();
        String peers = "127.0.0.1:" + Layouts.PAYARA_A.member() + ",127.0.0.1:" + Layouts.PAYARA_B.member();
        layout.settings(
                PayaraServer.domain(layout).resolve("config"),
                Map.of(
                        "cluster.name",
                        "payara-contract",
                        "cluster.port",
                        Integer.toString(layout.member()),
                        "cluster.peers",
                        peers));
    }

    /** Archives carry no permissions here. */
    private static void makeExecutable() throws IOException {
        for (String server : new String[] {"apache-tomcat-10", "apache-tomcat-11", "wildfly", "payara"})
            try (var files = Files.walk(Build.server(server))) {
                files.filter(file -> file.getParent().endsWith("bin"))
                        .forEach(file -> file.toFile().setExecutable(true));
            }
    }

    private static void configureWildFly() throws IOException, InterruptedException {
        Path script = Build.repository().resolve("wildfly-conf/holdfast.cli");
        Command.of(Build.server("wildfly").resolve("bin/jboss-cli.sh"), "--file=" + script)
                .with("JAVA_OPTS", "-Xmx256m")
                .run();
    }

    private static void configurePayara() throws IOException, InterruptedException {
        PayaraServer.renumber(PayaraServer.STOCK, Layouts.PAYARA_BASE);
        // The data grid of Payara stays on this machine.
        Build.edit(
                PayaraServer.domain(Layouts.PAYARA_BASE).resolve("config/domain.xml"),
                "<hazelcast-runtime-configuration ",
                "<hazelcast-runtime-configuration discovery-mode=\"tcpip\" tcpip-members=\"127.0.0.1:4900\""
                        + " interface=\"127.0.0.1\" ");
        Path script = Build.repository().resolve("payara-conf/holdfast.asadmin");
        Path asadmin = PayaraServer.asadmin();
        String port = Integer.toString(Layouts.PAYARA_BASE.admin());
        Command.of(asadmin, "start-domain", "domain1").run();
        Command.of(asadmin, "--port", port, "multimode", "--file", script.toString())
                .run();
        Command.of(asadmin, "stop-domain", "domain1").run();
    }
}
