// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Ends every server and load balancer that runs from this build's folder, whoever started it and whatever has failed. Whoever else
 * names that folder, an editor or a build beside this one, is left alone.
 */
public final class EndServers {
    private static final Set<String> PROGRAMS = Set.of("java", "haproxy");

    private EndServers() {}

    public static void main(String... arguments) throws Exception {
        List<ProcessHandle> left = ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(EndServers::isOurs)
                .toList();
        for (ProcessHandle process : left) {
            System.out.println("Ending " + process.pid());
            process.destroyForcibly();
            process.onExit().get(10, TimeUnit.SECONDS);
        }
    }

    private static boolean isOurs(ProcessHandle process) {
        return isOurs(Build.target(), process.info().commandLine().orElse(""));
    }

    /** Whether that line runs a server or a load balancer with something below the folder; not below one whose name ends like it. */
    static boolean isOurs(Path target, String line) {
        String program = line.split(" ", 2)[0].replaceFirst("^.*/", "");
        return PROGRAMS.contains(program)
                && Pattern.compile("(?<![\\w./-])" + Pattern.quote(target.toString()) + "/(servers|run)/")
                        .matcher(line)
                        .find();
    }
}
