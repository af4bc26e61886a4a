// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.holdfast.camera.CameraRoom;
import io.holdfast.channel.ChannelRoom;
import io.holdfast.cluster.Cluster;
import io.holdfast.counter.CounterRoom;
import io.holdfast.jobs.JobRoom;
import io.holdfast.work.WorkRoom;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rooms and their walls. */
class ArchitectureTest {
    private static final String HOME = "io.holdfast.";
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("io/holdfast/client/"))
            .importPackages("io.holdfast");
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(location -> !location.contains("io/holdfast/client/"))
            .importPackages("io.holdfast");

    /**
     * Which rooms a room may use, inner rooms by their full names; all else is forbidden. {@code boot} may use everything, and no room
     * uses it.
     */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("time", Set.of()),
            Map.entry("config", Set.of()),
            Map.entry("launch", Set.of()),
            Map.entry("concurrent", Set.of("time")),
            Map.entry("http.server", Set.of()),
            Map.entry("http.message", Set.of("time")),
            Map.entry("departure", Set.of("time")),
            Map.entry("pace", Set.of("time")),
            Map.entry("http", Set.of("departure", "pace", "http.message", "http.server", "concurrent", "time")),
            Map.entry("waiter", Set.of("concurrent", "time")),
            Map.entry("cluster.limit", Set.of("time")),
            Map.entry("cluster.join", Set.of("time")),
            Map.entry("cluster", Set.of("cluster.join", "cluster.limit", "concurrent", "config", "time")),
            Map.entry("access.token", Set.of("http", "http.message")),
            Map.entry("access", Set.of("http", "http.message", "config")),
            Map.entry("drain.program", Set.of()),
            Map.entry("drain", Set.of("access", "waiter", "http", "http.message", "config", "time")),
            Map.entry("kernel", Set.of("access", "waiter", "cluster", "http", "http.message", "concurrent", "time")),
            Map.entry(
                    "counter",
                    Set.of(
                            "access",
                            "kernel",
                            "waiter",
                            "cluster",
                            "cluster.limit",
                            "http",
                            "http.message",
                            "config",
                            "concurrent",
                            "time")),
            Map.entry("channel.log", Set.of("cluster", "cluster.limit")),
            Map.entry(
                    "channel.core",
                    Set.of(
                            "channel.log",
                            "waiter",
                            "cluster",
                            "cluster.limit",
                            "http.message",
                            "config",
                            "concurrent",
                            "time")),
            Map.entry(
                    "channel",
                    Set.of(
                            "channel.core",
                            "channel.log",
                            "kernel",
                            "access",
                            "waiter",
                            "cluster",
                            "http",
                            "http.message",
                            "config",
                            "concurrent",
                            "time")),
            Map.entry(
                    "camera",
                    Set.of(
                            "kernel",
                            "access",
                            "waiter",
                            "cluster",
                            "http",
                            "http.message",
                            "config",
                            "concurrent",
                            "time")),
            Map.entry("work.queue", Set.of("cluster", "time")),
            Map.entry("work.relay", Set.of("flow", "cluster", "http", "http.message", "concurrent", "time")),
            Map.entry(
                    "work",
                    Set.of(
                            "work.queue",
                            "work.relay",
                            "kernel",
                            "access",
                            "flow",
                            "waiter",
                            "cluster",
                            "http",
                            "http.message",
                            "http.server",
                            "config",
                            "concurrent",
                            "time")),
            Map.entry(
                    "jobs",
                    Set.of(
                            "work",
                            "work.queue",
                            "work.relay",
                            "kernel",
                            "access",
                            "flow",
                            "waiter",
                            "cluster",
                            "cluster.limit",
                            "http",
                            "http.message",
                            "config",
                            "concurrent",
                            "time")),
            Map.entry("grip.item", Set.of("http.message")),
            Map.entry("grip.instruct", Set.of("grip.item", "http.message")),
            Map.entry(
                    "grip",
                    Set.of(
                            "grip.item",
                            "grip.instruct",
                            "access.token",
                            "kernel",
                            "access",
                            "channel.core",
                            "waiter",
                            "http",
                            "http.message",
                            "config",
                            "concurrent",
                            "time")),
            Map.entry("flow", Set.of("http", "http.message", "http.server", "concurrent", "time")),
            Map.entry("proxy.script", Set.of("grip.item", "grip.instruct", "http.message")),
            Map.entry("proxy.routes", Set.of("proxy.script", "access.token", "cluster", "config", "time")),
            Map.entry("proxy.backend", Set.of("proxy.routes", "flow", "http", "concurrent", "time")),
            Map.entry(
                    "proxy",
                    Set.of(
                            "proxy.routes",
                            "proxy.backend",
                            "proxy.script",
                            "grip.instruct",
                            "access.token",
                            "grip",
                            "flow",
                            "access",
                            "cluster",
                            "http",
                            "http.message",
                            "config",
                            "concurrent",
                            "time")),
            Map.entry(
                    "ops",
                    Set.of(
                            "proxy",
                            "grip",
                            "jobs",
                            "work",
                            "camera",
                            "channel",
                            "channel.core",
                            "counter",
                            "drain",
                            "waiter",
                            "cluster",
                            "departure",
                            "http",
                            "http.message",
                            "config",
                            "concurrent",
                            "time")),
            Map.entry(
                    "boot",
                    Set.of(
                            "departure",
                            "pace",
                            "drain",
                            "drain.program",
                            "ops",
                            "proxy",
                            "jobs",
                            "work",
                            "flow",
                            "grip",
                            "counter",
                            "channel",
                            "channel.core",
                            "camera",
                            "kernel",
                            "access",
                            "waiter",
                            "cluster",
                            "http",
                            "http.message",
                            "concurrent",
                            "config",
                            "time")));

    @TestFactory
    Stream<DynamicTest> aRoomUsesOnlyTheRoomsItMay() {
        return MAY_USE.keySet().stream()
                .sorted()
                .map(room -> DynamicTest.dynamicTest(room, () -> {
                    String[] others = MAY_USE.keySet().stream()
                            .filter(other -> !other.equals(room))
                            .filter(other ->
                                    !MAY_USE.getOrDefault(room, Set.of()).contains(other))
                            .map(HOME::concat)
                            .toArray(String[]::new);
                    noClasses()
                            .that(are(resideInAPackage(HOME + room)))
                            .should()
                            .dependOnClassesThat(are(resideInAnyPackage(others)))
                            .because("the table of rooms says so")
                            .check(MAIN);
                }));
    }

    @Test
    void everyRoomIsInTheTable() {
        Set<String> rooms = MAIN.stream()
                .map(type -> type.getPackageName().substring(HOME.length()))
                .collect(Collectors.toSet());

        assertEquals(MAY_USE.keySet(), rooms);
    }

    @Test
    void roomsAreFreeOfCycles() {
        slices().matching(HOME + "(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void theWaiterKnowsNeitherServletsNorHazelcast() {
        wall("waiter", "jakarta..", "com.hazelcast..", "io.micrometer..");
        wall("time", "jakarta..", "com.hazelcast..", "io.micrometer..");
        wall("concurrent", "jakarta..", "com.hazelcast..", "io.micrometer..");
        wall("departure", "jakarta..", "com.hazelcast..", "io.micrometer..");
        wall("config", "jakarta..", "com.hazelcast..");
        wall("cluster", "jakarta..");
    }

    private static void wall(String room, String... foreign) {
        noClasses()
                .that(are(resideInAPackage(HOME + room)))
                .should()
                .dependOnClassesThat(are(resideInAnyPackage(foreign)))
                .check(MAIN);
    }

    @Test
    void onlyTheTokensUseTheLibraryOfTokens() {
        noClasses()
                .that(are(DescribedPredicate.not(resideInAPackage(HOME + "access.token"))))
                .should()
                .dependOnClassesThat(are(resideInAnyPackage("com.nimbusds..")))
                .check(MAIN);
    }

    @Test
    void theLauncherUsesNothingButTheJdk() {
        classes()
                .that(are(resideInAPackage(HOME + "launch")))
                .should()
                .onlyDependOnClassesThat(are(resideInAnyPackage(HOME + "launch", "java..", "org.jspecify..")))
                .check(MAIN);
    }

    @Test
    void onlyTheHttpRoomTouchesTheAsyncContext() {
        noClasses()
                .that(are(DescribedPredicate.not(resideInAPackage(HOME + "http.."))))
                .should()
                .dependOnClassesThat(are(nameMatching("jakarta\\.servlet\\.Async.*")))
                .check(MAIN);
        assertEquals(
                Set.of("Call", "HeldHead", "HeldResponse", "HeldStream", "ResponseOutput", "Server", "TomcatServer"),
                MAIN.stream()
                        .filter(type -> type.getDirectDependenciesFromSelf().stream()
                                .anyMatch(d -> d.getTargetClass().getName().equals("jakarta.servlet.AsyncContext")))
                        .map(ArchitectureTest::topLevel)
                        .map(JavaClass::getSimpleName)
                        .collect(Collectors.toSet()));
    }

    /** A class of Tomcat is not there on other servers: one class names them, and is loaded on Tomcat only. */
    @Test
    void theServersAreBehindOneSeam() {
        noClasses()
                .that(are(DescribedPredicate.not(nameMatching(".*\\.TomcatUpgrade(\\$.*)?"))))
                .should()
                .dependOnClassesThat(
                        are(resideInAnyPackage("org.apache.coyote..", "org.apache.tomcat..", "org.apache.catalina..")))
                .check(MAIN);
    }

    private static JavaClass topLevel(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::topLevel).orElse(type);
    }

    /**
     * A room's commands are entry processors; its store, its wire form and its merge policy are named so. Those in {@code channel.log}
     * are public for {@code channel.core}; the table of rooms hides them from all other rooms.
     */
    @Test
    void onlyTheClusterAndTheHiddenHandsOfARoomTouchHazelcast() {
        DescribedPredicate<JavaClass> hands = DescribedPredicate.describe(
                "the hands of a room",
                type -> topLevel(type).getSimpleName().matches(".*(Store|Wire|Merge)")
                        || topLevel(type).isAssignableTo("com.hazelcast.map.EntryProcessor")
                        || topLevel(type).isAssignableTo("com.hazelcast.aggregation.Aggregator"));
        noClasses()
                .that(are(DescribedPredicate.not(
                                resideInAnyPackage(HOME + "cluster", HOME + "cluster.join", HOME + "cluster.limit"))
                        .and(DescribedPredicate.not(hands))))
                .should()
                .dependOnClassesThat(are(resideInAnyPackage("com.hazelcast..")))
                .check(MAIN);
        classes()
                .that(are(hands.and(DescribedPredicate.not(nameMatching(".*Merge")))
                        .and(DescribedPredicate.not(resideInAnyPackage(
                                HOME + "cluster",
                                HOME + "cluster.join",
                                HOME + "cluster.limit",
                                HOME + "channel.log")))))
                .should()
                .notBePublic()
                .because(
                        "facades, stored records and servlets never show Hazelcast; a merge policy is made by its name")
                .check(MAIN);
    }

    /** Tasks for a member's own partitions too: if those move meanwhile, the task follows them. */
    @Test
    void everyTypeThatTheClusterRunsHasASerializer() {
        Set<String> known = Stream.of(
                        Cluster.part(),
                        CounterRoom.part(),
                        ChannelRoom.part(),
                        CameraRoom.part(),
                        WorkRoom.part(),
                        JobRoom.part())
                .flatMap(part -> part.serializers().stream())
                .map(serializer -> serializer.getCompactClass().getName())
                .collect(Collectors.toSet());
        List<String> unknown = MAIN.stream()
                .filter(type -> !type.isInterface()
                        && Stream.of("map.EntryProcessor", "query.Predicate", "aggregation.Aggregator")
                                .anyMatch(kind -> type.isAssignableTo("com.hazelcast." + kind)))
                .map(JavaClass::getName)
                .filter(name -> !known.contains(name))
                .toList();

        assertEquals(List.of(), unknown);
    }

    @Test
    void noClassSleepsOrUsesJavax() {
        ArchRule sleep = noClasses().should().callMethod(Thread.class, "sleep", long.class);
        ArchRule sleepExactly = noClasses().should().callMethod(Thread.class, "sleep", long.class, int.class);
        ArchRule javax = noClasses()
                .should()
                .dependOnClassesThat(
                        are(resideInAnyPackage("javax.servlet..", "javax.inject..", "javax.annotation..")));
        for (ArchRule rule : List.of(sleep, sleepExactly, javax)) rule.check(ALL);
    }

    @Test
    void logsGoToTheSystemLogger() {
        noClasses()
                // These log nothing themselves: one listens to libraries, one is how Hazelcast logs to the
                // System.Logger, one leaves out what Undertow logs of clients that have left, one closes the log.
                .that(are(DescribedPredicate.not(
                        nameMatching(".*\\.(MemoryGuard|HazelcastLog|HttpPort|LogUntilTheEnd)(\\$.*)?"))))
                .should()
                .dependOnClassesThat(
                        are(resideInAnyPackage("java.util.logging..", "org.slf4j..", "org.apache.commons.logging..")))
                .check(MAIN);
    }

    @Test
    void everyPackageIsDocumentedAndNullMarked() throws IOException {
        Path sources = Path.of("src", "main", "java", "io", "holdfast");
        try (Stream<Path> rooms = Files.walk(sources)) {
            for (Path room : rooms.filter(Files::isDirectory).skip(1).toList()) {
                Path info = room.resolve("package-info.java");
                String text = Files.exists(info) ? Files.readString(info) : "";
                assertEquals(List.of(), missing(text), info.toString());
            }
        }
        classes()
                .that(are(nameMatching(".*package-info")))
                .should()
                .beAnnotatedWith(NullMarked.class)
                .check(ALL);
    }

    private static List<String> missing(String text) {
        return Stream.of("@NullMarked", "/**", "package io.holdfast.")
                .filter(part -> !text.contains(part))
                .toList();
    }

    /** JSON-B writes members in another order otherwise, and reads only public members. */
    @TestFactory
    Stream<DynamicTest> aJsonBodyNamesItsMembersInTheirOrder() {
        return MAIN.stream()
                .filter(type -> type.isAnnotatedWith(JsonbPropertyOrder.class))
                .map(type -> DynamicTest.dynamicTest(type.getName(), () -> {
                    Class<?> body = type.reflect();
                    assertEquals(
                            Stream.of(body.getRecordComponents())
                                    .map(RecordComponent::getName)
                                    .toList(),
                            List.of(body.getAnnotation(JsonbPropertyOrder.class).value()));
                    assertTrue(Modifier.isPublic(body.getModifiers()));
                }));
    }
}
