// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Properties;

/**
 * One server's folder below {@code target/run}, with ports of its own, all below the range that the system gives out.
 *
 * @param name the folder's name
 * @param number 0 to 9; the ports follow from it
 */
record Layout(String name, int number) {

    Path folder() {
        return Build.run(name);
    }

    /** One of the same kind that can run beside it: its number is the next, which is that of no other server then. */
    Layout beside() {
        return new Layout(name + "-beside", number + 1);
    }

    int http() {
        return 21080 + number * 100;
    }

    /** Payara's administration port. */
    int admin() {
        return 21048 + number * 100;
    }

    /** The JMX port that Arquillian wants for Tomcat. */
    int jmx() {
        return 21089 + number * 100;
    }

    /** What WildFly adds to its usual ports to arrive at {@link #http()}. */
    int offset() {
        return http() - 8080;
    }

    int member() {
        return 23700 + number;
    }

    /** A copy of Tomcat with the shipped settings, administered through its manager. */
    Layout tomcat(String version) throws IOException {
        Build.copy(Build.server("apache-tomcat-" + version), folder());
        for (String unwanted : new String[] {"docs", "examples", "host-manager", "ROOT"})
            Build.delete(folder().resolve("webapps").resolve(unwanted));
        Path shipped = Build.repository().resolve("tomcat-conf");
        for (String file : new String[] {"conf/server.xml", "conf/context.xml", "bin/setenv.sh"})
            Files.copy(shipped.resolve(file), folder().resolve(file), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(Build.tomcatConnector(), folder().resolve("lib/holdfast-tomcat-connector.jar"));
        Files.writeString(folder().resolve("conf/tomcat-users.xml"), User.tomcatUsers());
        return this;
    }

    /** The part of WildFly that differs between servers of one installation. */
    Layout wildfly() throws IOException {
        Build.copy(Build.server("wildfly").resolve("standalone"), folder());
        return this;
    }

    /** A domain of Payara, copied because creating one takes ten times as long. */
    Layout payara() throws IOException {
        PayaraServer.copy(Layouts.PAYARA_BASE, this);
        return this;
    }

    /** The settings file of Holdfast in a folder of this server. */
    Layout settings(Path folder, Map<String, String> values) throws IOException {
        Properties properties = new Properties();
        properties.putAll(values);
        try (var writer = Files.newBufferedWriter(folder.resolve("holdfast.properties"))) {
            properties.store(writer, null);
        }
        return this;
    }
}
