// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The archives beside the web archive name themselves, and the enterprise archive carries the web archive unchanged. */
class ArchivesIT {

    private static byte[] bytes(JarFile jar, String entry) throws IOException {
        return jar.getInputStream(jar.getEntry(entry)).readAllBytes();
    }

    @Test
    void theyHaveTheLicenceAndNameTheBuildOfTheWebArchive() throws IOException {
        try (JarFile war = new JarFile(Build.war().toFile())) {
            Attributes build = war.getManifest().getMainAttributes();
            for (Path archive : List.of(Build.ear(), Build.tomcatConnector()))
                try (JarFile jar = new JarFile(archive.toFile())) {
                    for (String name : List.of("LICENSE", "NOTICE"))
                        assertArrayEquals(
                                Files.readAllBytes(Build.repository().resolve(name)),
                                bytes(jar, "META-INF/" + name),
                                archive + " " + name);
                    for (String name : List.of("Implementation-Version", "Build-Commit"))
                        assertEquals(
                                build.getValue(name),
                                jar.getManifest().getMainAttributes().getValue(name),
                                archive + " " + name);
                }
        }
    }

    @Test
    void theEnterpriseArchiveCarriesTheWebArchiveUnchanged() throws IOException {
        try (JarFile ear = new JarFile(Build.ear().toFile())) {
            assertArrayEquals(Files.readAllBytes(Build.war()), bytes(ear, "web.war"));
        }
    }
}
