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
 * Ends every server and load balancer that runs from the folder of this build, even if the test that started it has failed. Other
 * programs that name the folder, such as an editor, are left alone.
 */
public final class EndServers {
    private static final Set<String> PROGRAMS = Set.of("java", "haproxy");

    private EndServers() {}

    public static void main(String... arguments) throws Exception {
        end(line -> isOurs(Build.target(), line));
    }

    /** Ends only the servers that run from this folder. */
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

    /** Whether that command line runs a server or a load balancer below this folder, and not below one whose path ends alike. */
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
