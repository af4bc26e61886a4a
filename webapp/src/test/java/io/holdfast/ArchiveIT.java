// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The contents of the archive, and its statements about itself. */
class ArchiveIT {
    private static final Path WAR = Path.of("target", "holdfast.war");
    private static final Path CLASSES = Path.of("target", "holdfast-classes.jar");

    /** Libraries that are dependencies of ours and that no code calls, by the beginning of their names. */
    private static final List<String> UNUSED = List.of(
            "asm-",
            "jakarta.servlet.jsp",
            "jakarta.el",
            "jboss-logging-processor",
            "prometheus-metrics-exposition-formats",
            "weld-jsf");

    private static Stream<String> libraries(JarFile war, String folder) {
        return war.stream()
                .map(entry -> entry.getName())
                .filter(name -> name.startsWith(folder + "/") && name.endsWith(".jar"))
                .map(name -> name.substring(folder.length() + 1));
    }

    private static String text(JarFile jar, String entry) {
        try {
            return new String(jar.getInputStream(jar.getEntry(entry)).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theNoticeNamesEachLibraryAndItsLicence() throws IOException {
        try (JarFile war = new JarFile(WAR.toFile())) {
            String notice = text(war, "META-INF/NOTICE");
            for (String folder : List.of("WEB-INF/lib", "WEB-INF/lib-exec")) {
                String list = notice.substring(notice.indexOf("\n" + folder + "\n") + folder.length() + 2);
                List<String> named = Pattern.compile("\\G {4}(\\S+) +\\S.*\n")
                        .matcher(list)
                        .results()
                        .map(result -> result.group(1))
                        .toList();

                assertEquals(
                        libraries(war, folder)
                                .map(name -> name.replaceAll("-[0-9].*\\.jar$", ""))
                                .sorted()
                                .toList(),
                        named.stream().sorted().toList(),
                        folder);
            }
        }
    }

    @Test
    void theLicencesAreInIt() throws IOException {
        String licence = Files.readString(Path.of("..", "LICENSE")), notice = Files.readString(Path.of("..", "NOTICE"));
        try (JarFile war = new JarFile(WAR.toFile());
                JarFile classes = new JarFile(CLASSES.toFile())) {
            assertEquals(licence, text(war, "META-INF/LICENSE"));
            assertEquals(licence, text(classes, "META-INF/LICENSE"));
            assertEquals(notice, text(classes, "META-INF/NOTICE"));
            assertTrue(text(war, "META-INF/EPL-2.0.md").startsWith("# Eclipse Public License - v 2.0\n"));
        }
    }

    @Test
    void librariesThatNothingUsesAreNotInIt() throws IOException {
        try (JarFile war = new JarFile(WAR.toFile())) {
            assertEquals(
                    List.of(),
                    Stream.of("WEB-INF/lib", "WEB-INF/lib-exec")
                            .flatMap(folder -> libraries(war, folder))
                            .filter(name -> UNUSED.stream().anyMatch(name::startsWith))
                            .toList());
        }
    }

    @Test
    void theManifestAndTheClassesNameTheBuild() throws IOException, InterruptedException {
        try (JarFile war = new JarFile(WAR.toFile())) {
            String version = war.getManifest().getMainAttributes().getValue("Implementation-Version");
            String commit = war.getManifest().getMainAttributes().getValue("Build-Commit");
            assertEquals(System.getProperty("holdfast.version"), version);
            assertEquals(head().orElse("unknown"), commit.replaceFirst("-dirty$", ""));

            Properties shown = new Properties();
            shown.load(new StringReader(text(war, "WEB-INF/classes/io/holdfast/ops/build.properties")));
            assertEquals(version, shown.getProperty("version"));
            assertEquals(commit, shown.getProperty("commit"));
        }
    }

    /** The commit of this clone, if it is one. */
    private static Optional<String> head() throws IOException, InterruptedException {
        if (!Files.exists(Path.of("..", ".git"))) return Optional.empty();
        Process git = new ProcessBuilder("git", "rev-parse", "HEAD").start();
        String head = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return git.waitFor() == 0 ? Optional.of(head) : Optional.empty();
    }
}
