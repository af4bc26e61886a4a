// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The choice of the processes that are ended after a build. */
class EndServersIT {
    private static final Path TARGET = Path.of("/home/me/holdfast/arquillian-tests/target");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/usr/lib/jvm/17/bin/java -Dcatalina.base=/home/me/holdfast/arquillian-tests/target/run/tomcat start",
                "java -jar /home/me/holdfast/arquillian-tests/target/servers/payara6/glassfish/modules/glassfish.jar",
                "haproxy -db -f /home/me/holdfast/arquillian-tests/target/run/haproxy/haproxy.cfg"
            })
    void aServerOfThisBuildIsEnded(String line) {
        assertTrue(EndServers.isOurs(TARGET, line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "less /home/me/holdfast/arquillian-tests/target/run/tomcat/logs/console.log",
                "java -jar /home/me/holdfast/webapp/target/holdfast.war",
                "java -Dcatalina.base=/home/me/other/arquillian-tests/target/run/tomcat start",
                "java -Dcatalina.base=/mnt/home/me/holdfast/arquillian-tests/target/run/tomcat start",
                "java -jar /home/me/holdfast/arquillian-tests/target/surefire/surefirebooter.jar"
            })
    void anyOtherProcessIsLeftAlone(String line) {
        assertFalse(EndServers.isOurs(TARGET, line));
    }

    @Test
    void theTestItselfIsLeftAlone() {
        assertFalse(EndServers.isOurs(
                Build.target(), ProcessHandle.current().info().commandLine().orElse("")));
    }
}
