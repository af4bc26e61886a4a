// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import io.holdfast.testing.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * One server's folder below {@code target/run}, with ports of its own.
 *
 * @param name the folder's name
 * @param ports in the order of the methods; Payara takes more of them
 */
record Layout(String name, List<Integer> ports) {

    Layout(String name) {
        this(name, Stream.generate(Ports::free).limit(PayaraServer.STOCK.size()).toList());
    }

    Path folder() {
        return Build.run(name);
    }

    int http() {
        return ports.get(0);
    }

    /** The port of the server's own administration. */
    int admin() {
        return ports.get(1);
    }

    /** A port that the server opens for TLS although no test uses it. */
    int https() {
        return ports.get(2);
    }

    int adminHttps() {
        return ports.get(3);
    }

    /** The arguments by which WildFly takes the folder and the ports. */
    List<String> wildflyArguments() {
        return List.of(
                "-Djboss.server.base.dir=" + folder(),
                "-Djboss.http.port=" + http(),
                "-Djboss.https.port=" + https(),
                "-Djboss.management.http.port=" + admin(),
                "-Djboss.management.https.port=" + adminHttps());
    }

    /** Makes a copy of Tomcat with the shipped settings, administered through its manager. */
    Layout tomcat(String version) throws IOException {
        Build.copy(Build.server("apache-tomcat-" + version), folder());
        for (String unwanted : new String[] {"docs", "examples", "host-manager", "ROOT"})
            Build.delete(folder().resolve("webapps").resolve(unwanted));
        Path shipped = Build.repository().resolve("tomcat-conf");
        for (String file :
                new String[] {"conf/server.xml", "conf/context.xml", "conf/holdfast.security", "bin/setenv.sh"})
            Files.copy(shipped.resolve(file), folder().resolve(file), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(Build.tomcatConnector(), folder().resolve("lib/holdfast-tomcat-connector.jar"));
        Files.writeString(folder().resolve("conf/tomcat-users.xml"), User.tomcatUsers());
        return this;
    }

    /** Copies the part of WildFly that differs between servers of one installation. */
    Layout wildfly() throws IOException {
        Build.copy(Build.server("wildfly").resolve("standalone"), folder());
        return this;
    }

    /** A domain of Payara. It is a copy, because creating one takes ten times as long. */
    Layout payara() throws IOException {
        PayaraServer.copyStock(this);
        return this;
    }

    /** Writes the settings file of Holdfast into a folder of this server. */
    Layout settings(Path folder, Map<String, String> values) throws IOException {
        Properties properties = new Properties();
        properties.putAll(values);
        try (var writer = Files.newBufferedWriter(folder.resolve("holdfast.properties"))) {
            properties.store(writer, null);
        }
        return this;
    }
}
