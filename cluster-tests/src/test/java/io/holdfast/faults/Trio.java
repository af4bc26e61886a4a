// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import io.holdfast.testing.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three members on loopback, in one cluster. */
final class Trio implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);

    private final List<Member> members = new ArrayList<>();

    /** Starts three members with these settings, KEY=VALUE, and waits until each sees all. */
    Trio(String name, String... settings) {
        this(name, member -> List.of(), settings);
    }

    /** Starts three members with further options of the program. */
    Trio(String name, List<String> more, String... settings) {
        this(name, member -> more, settings);
    }

    /** Starts three members with further options for each. */
    Trio(String name, IntFunction<List<String>> more, String... settings) {
        List<Integer> ports = IntStream.range(0, 3).mapToObj(i -> Ports.free()).toList();
        String peers = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        try {
            for (int i = 0; i < 3; i++) {
                String port = Integer.toString(ports.get(i));
                List<String> options =
                        new ArrayList<>(List.of("--cluster", name, "--cluster-port", port, "--peers", peers));
                options.addAll(more.apply(i));
                members.add(new Member(
                        name + "-" + "abc".charAt(i),
                        "127.0.0.1",
                        Ports.free(),
                        ports.get(i),
                        List.of(),
                        List.of(settings),
                        options));
            }
            awaitAll();
        } catch (Throwable t) {
            close();
            throw t;
        }
    }

    List<Member> members() {
        return members;
    }

    /** Waits until each member is ready and sees all. */
    void awaitAll() {
        members.forEach(member -> member.awaitReady(members.size(), START));
    }

    @Override
    public void close() {
        members.forEach(Member::close);
    }
}
