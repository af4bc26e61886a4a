// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that come to mean other addresses, in a JVM of its own, which remembers them as it was told at its start. */
class NameCacheIT {

    @TempDir
    private Path folder;

    /** The JVM: looks up each name that it reads. */
    static final class Looking {
        private Looking() {}

        /** Reads names until the test ends. */
        public static void main(String[] arguments) throws IOException {
            NameCache.shorten();
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String name = in.readLine(); name != null; name = in.readLine()) System.out.println(address(name));
        }

        private static String address(String name) {
            try {
                return InetAddress.getByName(name).getHostAddress();
            } catch (UnknownHostException none) {
                return "none, for " + Security.getProperty("networkaddress.cache.negative.ttl") + " s";
            }
        }
    }

    @Test
    void anAddressIsForgottenWithinTheWaitOfARequest() throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.2 backend.test\n");
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-XX:TieredStopAtLevel=1",
                        "-Djdk.net.hosts.file=" + hosts,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Looking.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (PrintStream to = new PrintStream(jvm.getOutputStream(), true, StandardCharsets.UTF_8);
                BufferedReader from =
                        new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
            to.println("backend.test");
            assertEquals("127.0.0.2", from.readLine());
            to.println("later.test");
            assertEquals("none, for 1 s", from.readLine());
            Files.writeString(hosts, "127.0.0.3 backend.test\n127.0.0.4 later.test\n");

            // The JVM itself would remember the address for 30 seconds.
            await().atMost(Duration.ofSeconds(25)).until(() -> {
                to.println("backend.test");
                return from.readLine().equals("127.0.0.3");
            });
            await().until(() -> {
                to.println("later.test");
                return from.readLine().equals("127.0.0.4");
            });
        } finally {
            jvm.destroy();
        }
    }
}
