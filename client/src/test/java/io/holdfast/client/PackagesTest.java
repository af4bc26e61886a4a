// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The walls between the packages of this module, and the prose of its sources. */
class PackagesTest {
    private static final String FACE = "io.holdfast.client";
    private static final Path SOURCES = Path.of("src", "main", "java"), TESTS = Path.of("src", "test", "java");
    private static final int MOST_FILES = 27, MOST_WORDS = 30;
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?io\\.holdfast\\.client\\.(.+);$");

    /** The packages that each package may use; "" is the face. */
    private static final Map<String, Set<String>> MAY_USE = Map.of(
            "time", Set.of(),
            "http1", Set.of(),
            "http", Set.of("", "time"),
            "channel", Set.of("", "http"),
            "camera", Set.of("", "http", "time"),
            "worker", Set.of("", "http", "http1", "time"),
            "", Set.of("time", "http", "http1", "channel", "camera", "worker"),
            "cli", Set.of(""));

    /** The types of the face that start something. Inner packages must not use them, so that no cycle of classes arises. */
    private static final Set<String> STARTERS =
            Set.of("Holdfast", "Follow", "Publish", "Camera", "SimulatedCamera", "Logs", "Worker");

    /** The sources by package, relative to the face. */
    private static Map<String, List<Path>> sources(Path root) throws IOException {
        Path face = root.resolve(FACE.replace('.', '/'));
        Map<String, List<Path>> sources = new TreeMap<>();
        try (Stream<Path> files = Files.walk(face)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> sources.computeIfAbsent(
                            face.relativize(file.getParent()).toString(), any -> new ArrayList<>())
                    .add(file));
        }
        return sources;
    }

    @Test
    void packagesUseOnlyThoseThatTheyMay() throws IOException {
        Map<String, Set<String>> used = new TreeMap<>();
        Set<String> forbidden = new TreeSet<>();
        for (Map.Entry<String, List<Path>> one : sources(SOURCES).entrySet()) {
            String user = one.getKey();
            used.put(user, new TreeSet<>());
            for (Path file : one.getValue())
                for (Matcher found = IMPORT.matcher(Files.readString(file)); found.find(); ) {
                    String name = found.group(1);
                    String target = Character.isUpperCase(name.charAt(0)) ? "" : name.substring(0, name.indexOf('.'));
                    used.get(user).add(target);
                    if (!user.equals("cli") && STARTERS.contains(name)) forbidden.add(file + " uses " + name);
                }
        }

        assertEquals(MAY_USE, used);
        assertEquals(Set.of(), forbidden);
    }

    @Test
    void everyPackageIsDescribedAndSmall() throws IOException {
        for (Map.Entry<String, List<Path>> one : sources(SOURCES).entrySet()) {
            Path info = one.getValue().get(0).resolveSibling("package-info.java");
            String text = Files.readString(info);
            assertTrue(text.contains("@NullMarked"), info::toString);
            boolean isForUsers = one.getKey().isEmpty() || one.getKey().equals("cli");
            assertEquals(!isForUsers, text.contains("Internal: users must"), info::toString);
            assertTrue(one.getValue().size() <= MOST_FILES, one::toString);
        }
    }

    @Test
    void theFaceShowsNoTypeOfAnInnerPackage() throws Exception {
        Set<String> shown = new TreeSet<>();
        for (Path file : sources(SOURCES).get("")) {
            String name = file.getFileName().toString().replace(".java", "");
            if (name.equals("package-info")) continue;
            Class<?> type = Class.forName(FACE + "." + name);
            assertTrue(Modifier.isPublic(type.getModifiers()), type + " is hidden: it belongs into an inner package");
            for (Executable one : type.getDeclaredConstructors()) addTypes(one, one.getParameterTypes(), shown);
            for (Method one : type.getDeclaredMethods()) {
                addTypes(one, one.getParameterTypes(), shown);
                addTypes(one, new Class<?>[] {one.getReturnType()}, shown);
            }
            for (Field one : type.getDeclaredFields())
                if (!Modifier.isPrivate(one.getModifiers()))
                    shown.add(one.getType().getPackageName());
        }
        shown.removeIf(name -> name.equals(FACE) || name.startsWith("java."));

        assertEquals(Set.of(), shown);
    }

    private static void addTypes(Executable member, Class<?>[] types, Set<String> shown) {
        if (!Modifier.isPublic(member.getModifiers()) && !Modifier.isProtected(member.getModifiers())) return;
        for (Class<?> type : types) {
            Class<?> element = type.isArray() ? type.getComponentType() : type;
            if (!element.isPrimitive()) shown.add(element.getPackageName());
        }
    }

    private static final Pattern COMMENT =
            Pattern.compile("/\\*\\*?(.*?)\\*/|//([^\n]*(?:\n\\s*//[^\n]*)*)", Pattern.DOTALL);
    private static final Pattern FREE_RELATIVE = Pattern.compile("(?:What|Who|Whoever|Whom|Whatever|Nobody)\\b.*");

    @Test
    void theSentencesOfCommentsAreShortAndBeginWithTheirSubject() throws IOException {
        List<String> bad = new ArrayList<>();
        for (Path root : List.of(SOURCES, TESTS))
            for (List<Path> files : sources(root).values())
                for (Path file : files)
                    for (Matcher comment = COMMENT.matcher(Files.readString(file)); comment.find(); )
                        for (String sentence : sentences(comment.group()))
                            if (FREE_RELATIVE.matcher(sentence).matches() || sentence.split(" ").length > MOST_WORDS)
                                bad.add(file.getFileName() + ": " + sentence);

        assertEquals(List.of(), bad);
    }

    private static List<String> sentences(String comment) {
        String text = comment.replaceAll("(?s)<pre>.*?</pre>", "")
                .replaceAll("(?m)^\\s*(?:/\\*\\*?|\\*/?|//)", "")
                .replaceAll("<(?:p|ul|li|/ul)>|@param|@return|@throws", "\n\n")
                .replaceAll("\\n\\s*\\n", ". ")
                .replaceAll("\\s+", " ");
        return Stream.of(text.split("[.:;?!]\\)? "))
                .map(String::strip)
                .filter(sentence -> !sentence.isEmpty())
                .toList();
    }
}
