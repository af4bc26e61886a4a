// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The members of one cluster, one on each host. */
final class Hosts implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);

    private final List<Member> members = new ArrayList<>();

    /** Starts members with these settings, KEY=VALUE, and waits until each sees all. */
    Hosts(Lan lan, String name, String... settings) {
        this(lan, name, host -> List.of(), settings);
    }

    /** The same, with further words before the command of each. */
    Hosts(Lan lan, String name, IntFunction<List<String>> prefix, String... settings) {
        String peers = IntStream.range(0, lan.hosts())
                .mapToObj(host -> lan.address(host) + ":5701")
                .collect(Collectors.joining(","));
        try {
            for (int host = 0; host < lan.hosts(); host++) {
                List<String> all = new ArrayList<>(List.of(settings));
                all.add("cluster.interface=" + lan.address(host));
                List<String> words = new ArrayList<>(lan.on(host));
                words.addAll(prefix.apply(host));
                members.add(new Member(
                        name + "-" + host,
                        lan.address(host),
                        8080,
                        5701,
                        words,
                        all,
                        List.of("--cluster", name, "--cluster-port", "5701", "--peers", peers)));
            }
            members.forEach(member -> member.awaitReady(lan.hosts(), START));
        } catch (Throwable t) {
            close();
            throw t;
        }
    }

    Member member(int host) {
        return members.get(host);
    }

    List<Member> members() {
        return members;
    }

    @Override
    public void close() {
        members.forEach(Member::close);
    }
}
