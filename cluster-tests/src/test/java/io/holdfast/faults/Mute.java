// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A process that accepts every connection to a port, and says nothing. */
final class Mute {
    private Mute() {}

    /** Starts one on that host. */
    static Spawned start(String name, List<String> prefix, String address, int port) {
        try {
            List<String> command = new ArrayList<>(prefix);
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx16m",
                    "-XX:+UseSerialGC",
                    "-cp",
                    Path.of(Mute.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI())
                            .toString(),
                    Mute.class.getName(),
                    address,
                    Integer.toString(port)));
            return Spawned.start(name, command, Map.of());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs until the process is killed. */
    public static void main(String[] arguments) throws IOException {
        List<Socket> kept = new ArrayList<>();
        try (ServerSocket port =
                new ServerSocket(Integer.parseInt(arguments[1]), 50, InetAddress.getByName(arguments[0]))) {
            System.out.println("listening");
            while (true) {
                kept.add(port.accept());
                System.out.println("accepted " + kept.size());
            }
        }
    }
}
