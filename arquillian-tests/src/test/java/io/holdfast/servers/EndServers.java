// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Ends every server and load balancer that runs from this build's folder, whoever started it and whatever has failed. Whoever else
 * names that folder, an editor or a build beside this one, is left alone.
 */
public final class EndServers {
    private static final Set<String> PROGRAMS = Set.of("java", "haproxy");

    private EndServers() {}

    public static void main(String... arguments) throws Exception {
        end(line -> isOurs(Build.target(), line));
    }

    /** Ends those that run from this folder only. */
    static void in(Path folder) throws Exception {
        end(line -> names(line, Pattern.quote(folder.toString())));
    }

    private static void end(Predicate<String> ours) throws Exception {
        List<ProcessHandle> left = ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> ours.test(process.info().commandLine().orElse("")))
                .toList();
        for (ProcessHandle process : left) {
            System.out.println("Ending " + process.pid());
            process.destroyForcibly();
            process.onExit().get(60, TimeUnit.SECONDS);
        }
    }

    /** Whether that line runs a server or a load balancer with something below the folder; not below one whose name ends like it. */
    static boolean isOurs(Path target, String line) {
        return names(line, Pattern.quote(target.toString()) + "/(servers|run)");
    }

    private static boolean names(String line, String folder) {
        String program = line.split(" ", 2)[0].replaceFirst("^.*/", "");
        return PROGRAMS.contains(program)
                && Pattern.compile("(?<![\\w./-])" + folder + "(?![\\w.-])")
                        .matcher(line)
                        .find();
    }
}
