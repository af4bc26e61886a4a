// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** Several members of one cluster in this JVM, joined by addresses on loopback. */
public final class Members implements AutoCloseable {
    private final List<Member> all = new ArrayList<>();

    private Members() {}

    /** Starts so many members with these settings and waits until they see each other. */
    public static Members start(int count, Map<String, String> settings) {
        return start(count, settings, context -> {});
    }

    /** The same, on servers that have what else the application asks of them, such as users. */
    public static Members start(int count, Map<String, String> settings, Consumer<ServletContextHandler> more) {
        Members members = new Members();
        try {
            members.open(count, settings, more);
        } catch (RuntimeException | Error e) {
            members.close();
            throw e;
        }
        return members;
    }

    private void open(int count, Map<String, String> settings, Consumer<ServletContextHandler> more) {
        List<Integer> ports =
                IntStream.range(0, count).mapToObj(i -> Ports.free()).toList();
        String peers =
                String.join(",", ports.stream().map(port -> "127.0.0.1:" + port).toList());
        String name = "test-" + UUID.randomUUID();
        for (int port : ports) {
            Map<String, String> own = new HashMap<>(settings);
            own.put("cluster.port", Integer.toString(port));
            own.computeIfPresent("work.port", (key, any) -> Integer.toString(Ports.free()));
            if (count > 1) own.putAll(Map.of("cluster.name", name, "cluster.peers", peers));
            all.add(Member.start(own, more));
        }
        Awaitility.await("the members see each other").until(() -> all.stream()
                .allMatch(member -> member.hazelcast().getCluster().getMembers().size() == count));
    }

    /** One of the members. */
    public Member get(int index) {
        return all.get(index);
    }

    /** The first and, of several, the last: where one asks and where one releases. */
    public Member last() {
        return all.get(all.size() - 1);
    }

    @Override
    public void close() {
        for (int i = all.size() - 1; i >= 0; i--) all.get(i).close();
        all.clear();
    }
}
