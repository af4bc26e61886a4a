// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Applies the shipped settings to the unpacked servers. */
public final class Prepare {
    private static final Path WILDFLY = Build.repository().resolve("wildfly-conf/holdfast.cli");
    private static final Path PAYARA = Build.repository().resolve("payara-conf/holdfast.asadmin");

    private Prepare() {}

    public static void main(String[] arguments) throws Exception {
        Path configured = Build.target().resolve("servers/configured");
        String wanted = digest(WILDFLY, PAYARA) + User.tomcatUsers();
        if (!Files.exists(configured) || !Files.readString(configured).equals(wanted)) {
            Files.deleteIfExists(configured);
            try {
                configure();
            } finally {
                EndServers.main();
            }
            Files.writeString(configured, wanted);
        } else EndServers.main();
    }

    /** The digest of the settings that take long to apply. The settings of Tomcat are copied each time instead. */
    static String digest(Path... files) throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (Path file : files) digest.update(Files.readAllBytes(file));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Restores the folder as it was unpacked, without earlier settings. */
    static void restore(Path folder) throws IOException {
        Path stock = folder.resolveSibling(folder.getFileName() + "-stock");
        if (Files.exists(stock)) Build.copy(stock, folder);
        else Build.copy(folder, stock);
    }

    private static void configure() throws IOException, InterruptedException {
        makeExecutable();
        configureWildFly();
        configurePayara();
    }

    /** The plugin that unpacks the archives does not set permissions. */
    private static void makeExecutable() throws IOException {
        for (String server : new String[] {"apache-tomcat-10", "apache-tomcat-11", "wildfly", "payara"})
            try (var files = Files.walk(Build.server(server))) {
                files.filter(file -> file.resolveSibling("").endsWith("bin"))
                        .forEach(file -> file.toFile().setExecutable(true));
            }
    }

    private static void configureWildFly() throws IOException, InterruptedException {
        restore(Build.server("wildfly").resolve("standalone"));
        Command.of(Build.server("wildfly").resolve("bin/jboss-cli.sh"), "--file=" + WILDFLY)
                .with("JAVA_OPTS", "-Xmx256m")
                .run();
        for (User user : User.ALL)
            Command.of(
                            Build.server("wildfly").resolve("bin/add-user.sh"),
                            "-a",
                            "-u",
                            user.name(),
                            "-p",
                            user.password(),
                            "-g",
                            String.join(",", user.roles()))
                    .with("JAVA_OPTS", "-Xmx64m")
                    .run();
    }

    private static void configurePayara() throws IOException, InterruptedException {
        Path domain = PayaraServer.domain(PayaraServer.STOCK_DOMAIN);
        List<Integer> ports = new Layout(PayaraServer.STOCK_DOMAIN).ports();
        restore(domain);
        PayaraServer.renumber(domain, PayaraServer.STOCK, ports);
        // The data grid of Payara stays on this machine.
        Build.edit(
                domain.resolve("config/domain.xml"),
                "<hazelcast-runtime-configuration ",
                "<hazelcast-runtime-configuration discovery-mode=\"tcpip\" tcpip-members=\"127.0.0.1:4900\""
                        + " interface=\"127.0.0.1\" ");
        Path asadmin = PayaraServer.asadmin();
        String port = Integer.toString(ports.get(1));
        Command.of(asadmin, "start-domain", PayaraServer.STOCK_DOMAIN).run();
        Command.of(asadmin, "--port", port, "multimode", "--file", PAYARA.toString())
                .run();
        for (User user : User.ALL) addPayaraUser(asadmin, port, user);
        Command.of(asadmin, "stop-domain", PayaraServer.STOCK_DOMAIN).run();
        PayaraServer.renumber(domain, ports, PayaraServer.STOCK);
    }

    private static void addPayaraUser(Path asadmin, String port, User user) throws IOException, InterruptedException {
        Path password = Build.target().resolve("servers/password");
        Files.writeString(password, "AS_ADMIN_USERPASSWORD=" + user.password() + "\n");
        Command.of(
                        asadmin,
                        "--port",
                        port,
                        "--passwordfile",
                        password.toString(),
                        "create-file-user",
                        "--groups",
                        String.join(":", user.roles()),
                        user.name())
                .run();
        Files.delete(password);
    }
}
