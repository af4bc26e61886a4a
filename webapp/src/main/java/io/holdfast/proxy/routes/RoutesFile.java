// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy.routes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a routes file, in the syntax of Pushpin: a condition and its targets in each line. */
public final class RoutesFile {
    private final Path folder;
    private final List<Route> routes = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Map<Route.Condition, Integer> conditions = new HashMap<>();
    private int line;

    private RoutesFile(Path folder) {
        this.folder = folder;
    }

    /**
     * A problem with a line.
     *
     * @param line the number of the line, from 1
     * @param sentence says what is wrong, and what to do about it
     */
    record Problem(int line, String sentence) {

        @Override
        public String toString() {
            return "line " + line + ": " + sentence;
        }
    }

    /**
     * The content of a file.
     *
     * @param routes the routes of the valid lines, in order
     * @param problems the problems of the other lines, in order
     */
    public record Parsed(List<Route> routes, List<Problem> problems) {

        public Parsed {
            routes = List.copyOf(routes);
            problems = List.copyOf(problems);
        }
    }

    /** Reads all lines of a file in this folder, and the keys that they name. */
    public static Parsed parse(Path folder, List<String> lines) {
        RoutesFile file = new RoutesFile(folder);
        for (String line : lines) file.take(line);
        return new Parsed(file.routes, file.problems);
    }

    private void take(String text) {
        line++;
        int before = problems.size();
        try {
            List<RouteLine.Part> parts = RouteLine.parse(text);
            if (parts.isEmpty()) return;
            if (parts.size() < 2) {
                fault("There is no target; name one after the condition, such as localhost:8080.");
                return;
            }
            Route route = new RouteReader(parts, folder, this::fault).read();
            if (problems.size() == before) add(route);
        } catch (RouteLine.Fault fault) {
            fault(fault.sentence());
        }
    }

    private void fault(String sentence) {
        problems.add(new Problem(line, sentence));
    }

    private void add(Route route) {
        Integer same = conditions.putIfAbsent(route.condition(), line);
        if (same == null) routes.add(route);
        else fault("The condition is that of line " + same + "; join the lines, or let them differ.");
    }
}
