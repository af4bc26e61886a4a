// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** Ends every process that runs from the build's folder, whoever started it and whatever has failed. */
public final class EndServers {

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
        String line = process.info().commandLine().orElse("");
        return line.contains(Build.target().resolve("servers") + "/")
                || line.contains(Build.target().resolve("run") + "/");
    }
}
