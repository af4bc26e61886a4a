// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.Settings;
import io.holdfast.config.SettingsException;
import io.holdfast.testing.Complaints;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** A start that fails is told by one line, before the server hears of it. */
class StartupIT {

    private static ServletContextEvent at(String path) {
        return new ServletContextEvent((ServletContext) Proxy.newProxyInstance(
                StartupIT.class.getClassLoader(), new Class<?>[] {ServletContext.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getServerInfo")) return "Apache Tomcat/10.1";
                    assertEquals("getContextPath", method.getName());
                    return path;
                }));
    }

    private static Settings wrong() {
        Properties system = new Properties();
        system.setProperty("holdfast.hold.longest", "120");
        system.setProperty("holdfast.hold.batch", "5");
        return Settings.open(system, Map.of(), Optional.empty(), key -> Optional.empty());
    }

    @Test
    void allFaultsOfTheSettingsAreOneLine() {
        List<String> told = new ArrayList<>();
        Startup startup = new Startup(StartupIT::wrong, told::add);

        assertThrows(SettingsException.class, () -> startup.contextInitialized(at("/here")));

        assertEquals(1, told.size(), told.toString());
        String line = told.get(0);
        assertTrue(line.startsWith("Holdfast does not start context=/here: The settings are wrong: "), line);
        assertTrue(line.contains("hold.longest must be a duration from 1s to 1h, not '120'"), line);
        assertTrue(line.contains("hold.batch is not a setting"), line);
        assertEquals(1, line.lines().count(), line);
    }

    @Test
    void theReasonOfAnyOtherFaultIsToldAndTheFaultIsPassedOn() {
        List<String> told = new ArrayList<>();
        LinkageError fault = new LinkageError("outer", new IllegalStateException("the port is taken"));
        Startup startup = new Startup(
                () -> {
                    throw fault;
                },
                told::add);

        assertSame(fault, assertThrows(LinkageError.class, () -> startup.contextInitialized(at(""))));

        assertEquals(List.of("Holdfast does not start context=/: the port is taken"), told);
    }

    @Test
    void theListenerOfAServerLogsIt() {
        System.setProperty("holdfast.config", "/nowhere/at-all.properties");
        try (Complaints complaints = new Complaints()) {
            assertThrows(SettingsException.class, () -> new Startup().contextInitialized(at("")));

            List<String> ours = complaints.heard().stream()
                    .filter(line -> line.startsWith(Startup.class.getName()))
                    .toList();
            assertEquals(1, ours.size(), complaints.heard().toString());
            assertTrue(ours.get(0).contains("Holdfast does not start context=/: "), ours.get(0));
            assertTrue(ours.get(0).contains("/nowhere/at-all.properties"), ours.get(0));
        } finally {
            System.clearProperty("holdfast.config");
        }
    }
}
