// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Three members of one cluster, each on a host of its own. */
final class Hosts implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);

    private final List<Member> members = new ArrayList<>();

    /** Starts members with these settings, KEY=VALUE, and waits until each sees all. */
    Hosts(Lan lan, String name, String... settings) {
        this(lan, name, host -> List.of(), settings);
    }

    /** The same, with further words before the command of each. */
    Hosts(Lan lan, String name, IntFunction<List<String>> prefix, String... settings) {
        String peers = lan.address(0) + ":5701," + lan.address(1) + ":5701," + lan.address(2) + ":5701";
        try {
            for (int host = 0; host < 3; host++) {
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
            members.forEach(member -> member.awaitReady(3, START));
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
