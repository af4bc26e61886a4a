// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Follows the instructions of the pages to the letter. */
class PagesIT {
    private static final Layout LAYOUT = new Layout("tomcat-page");
    private static final int CONNECTIONS = 200, HELD = 180;

    private final Client client = new Client();

    @Test
    void theTestCommandOfTheReadmeIsTheOneThatCiRuns() throws IOException {
        List<String> ci = Files.readAllLines(Build.repository().resolve(".ci/run"));
        String readme = Files.readString(Build.repository().resolve("README.md"));
        String tests = readme.substring(readme.indexOf("\n## Test it\n"));
        assertEquals(blocks(tests).get(0).strip(), ci.get(ci.size() - 1));
    }

    @Test
    void theReadmeNamesEveryModule() throws IOException {
        String readme = Files.readString(Build.repository().resolve("README.md"));
        String pom = Files.readString(Build.repository().resolve("pom.xml"));
        Matcher module = Pattern.compile("<module>(.+)</module>").matcher(pom);
        while (module.find()) assertTrue(readme.contains("\n    " + module.group(1) + "/"), module.group(1));
    }

    /** Any of these is copied to a server by its page. */
    @Test
    void theFilesOfSecurityPropertiesHaveTheJvmForgetUnknownNames() throws Exception {
        Set<String> texts = new HashSet<>();
        for (String file : List.of("tomcat-conf/conf", "wildfly-conf", "payara-conf"))
            texts.add(Files.readString(Build.repository().resolve(file).resolve("holdfast.security")));
        assertEquals(1, texts.size(), texts.toString());
        String printed = Command.of(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        "-Djava.security.properties=" + Build.repository().resolve("wildfly-conf/holdfast.security"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Forgetful.class.getName())
                .run();
        assertTrue(printed.endsWith("\n1\n") || printed.equals("1\n"), printed);
    }

    /** Prints how long its JVM keeps names that have no address. */
    static final class Forgetful {
        private Forgetful() {}

        /** Prints the seconds. */
        public static void main(String[] arguments) {
            System.out.println(Security.getProperty("networkaddress.cache.negative.ttl"));
        }
    }

    @Test
    void aStockTomcatServesByThePageAndWhenFullStillAcceptsAnIncrement() throws Exception {
        Build.copy(Build.server("apache-tomcat-10"), LAYOUT.folder());
        String text = Files.readString(Build.repository().resolve("docs/deployment/tomcat.md"));
        List<String> page = blocks(text), users = blocks(text.substring(text.indexOf("\n## Users and roles\n")));
        try {
            aTrial(page.get(0), page.get(2));
            withTheSettings(page.get(1), users, page.get(2));
        } finally {
            EndServers.in(LAYOUT.folder());
        }
    }

    private void aTrial(String deploy, String stop) throws Exception {
        Build.edit(
                LAYOUT.folder().resolve("conf/server.xml"),
                "port=\"8080\"",
                "port=\"" + LAYOUT.http() + "\" address=\"127.0.0.1\"",
                "port=\"8005\"",
                "port=\"-1\"");
        sh(deploy);
        sh("$CATALINA_HOME/bin/catalina.sh start");
        awaitReady();
        assertEquals("0\n", client.get(uri("counter/value/")).body());
        sh(stop);
    }

    private void withTheSettings(String start, List<String> users, String stop) throws Exception {
        assertTrue(start.contains("HOLDFAST_HTTP_PORT=8080"), start);
        sh(start.replace("HOLDFAST_HTTP_PORT=8080", "HOLDFAST_HTTP_PORT=" + LAYOUT.http()));
        awaitReady();
        String pid =
                Files.readString(LAYOUT.folder().resolve("temp/tomcat.pid")).strip();
        String option = "-Djava.security.properties=" + LAYOUT.folder().resolve("conf/holdfast.security");
        // With a file that is not there the JVM would not complain.
        assertTrue(Files.readString(Path.of("/proc", pid, "cmdline")).contains("\0" + option + "\0"), option);
        aUserIsAdded(users.get(0), users.get(1), users.get(2));
        List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
        for (int i = 0; i < HELD; i++) held.add(client.hold(uri("counter/value/?last=0&wait=60")));
        Awaitility.await().until(() -> client.get(uri("health/ready")).body().contains("\"holds\":" + HELD));
        HttpResponse<String> refused = client.get(uri("counter/value/?last=0&wait=60"));
        assertEquals(503, refused.statusCode());
        assertTrue(refused.headers().firstValue("Retry-After").isPresent());
        assertEquals("1\n", client.post(uri("counter/value/")).body());
        for (CompletableFuture<HttpResponse<String>> one : held)
            assertEquals("1\n", one.get(60, TimeUnit.SECONDS).body());
        CompletableFuture<HttpResponse<String>> last = client.hold(uri("counter/value/?last=1&wait=60"));
        Awaitility.await().until(() -> client.get(uri("health/ready")).body().contains("\"holds\":1"));
        sh(stop);
        assertEquals("{}\n", last.get(5, TimeUnit.SECONDS).body());
    }

    private void aUserIsAdded(String digest, String line, String curl) throws Exception {
        Matcher asked = Pattern.compile("curl --user (\\S+) http://localhost:8080/(\\S+) +# (.+)\\n")
                .matcher(curl);
        assertTrue(asked.find(), curl);
        assertEquals(401, client.getAs(asked.group(1), uri(asked.group(2))).statusCode());
        String[] printed = sh(digest).strip().split(":", 2);
        assertEquals(asked.group(1), "ann:" + printed[0]);
        Build.edit(
                LAYOUT.folder().resolve("conf/tomcat-users.xml"),
                "</tomcat-users>",
                line.replace("DIGEST", printed[1]) + "</tomcat-users>");
        Awaitility.await()
                .atMost(Server.PATIENCE)
                .until(() -> client.getAs(asked.group(1), uri(asked.group(2))).statusCode() == 200);
        assertEquals(
                asked.group(3),
                client.getAs(asked.group(1), uri(asked.group(2))).body().strip());
    }

    private void awaitReady() {
        Awaitility.await()
                .atMost(Server.PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> client.get(uri("health/ready")).statusCode() == 200);
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + LAYOUT.http() + "/" + path);
    }

    /** Runs commands at the root of the repository, as a reader would. */
    private static String sh(String commands) throws IOException, InterruptedException {
        String folder = LAYOUT.folder().toString();
        // The JVM of a reader prints no line about options that it has picked up.
        String shell = "unset JAVA_TOOL_OPTIONS; cd \"$REPOSITORY\"\n" + commands;
        return Command.of(Path.of("/bin/sh"), "-e", "-c", shell)
                .with("REPOSITORY", Build.repository().toString())
                .with("CATALINA_HOME", folder)
                .with("CATALINA_BASE", folder)
                .with("CATALINA_PID", folder + "/temp/tomcat.pid")
                .with("HOLDFAST_MAX_CONNECTIONS", Integer.toString(CONNECTIONS))
                .with("HOLDFAST_HTTP_ADDRESS", "127.0.0.1")
                .with("HOLDFAST_CLUSTER_PORT", Integer.toString(LAYOUT.admin()))
                .run();
    }

    /** The indented blocks of a page as they stand: commands, or lines of a file. */
    private static List<String> blocks(String page) {
        List<String> blocks = new ArrayList<>();
        Matcher block = Pattern.compile("(?m)(?:^    .*\\n|^\\n(?=    ))+").matcher(page);
        while (block.find()) blocks.add(block.group());
        return blocks;
    }
}
