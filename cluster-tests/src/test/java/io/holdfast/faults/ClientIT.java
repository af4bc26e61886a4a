// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.client.By;
import io.holdfast.client.Event;
import io.holdfast.client.Gap;
import io.holdfast.client.Holdfast;
import io.holdfast.client.Listener;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The Java client publishes and follows while each member of the cluster is killed in turn. */
class ClientIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int EVENTS = 300;

    /** The events and gaps of a follower, in order. */
    private static final class Seen implements Listener {
        private final List<String> events = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void event(Event event) {
            events.add(event.text());
        }

        @Override
        public void gap(Gap gap) {
            events.add(gap.toString());
        }
    }

    @Test
    void noEventIsLostOrRepeatedWhenMembersAreKilled() throws Exception {
        try (Trio trio = new Trio("client");
                Holdfast holdfast = Holdfast.at(
                        trio.members().stream().map(member -> member.uri("/")).toArray(URI[]::new))) {
            Map<By, Seen> readers = Map.of(By.LONG_POLL, new Seen(), By.SSE, new Seen());
            readers.forEach((by, seen) ->
                    holdfast.follow("left", "right").after("earliest").by(by).start(seen));

            int published = 0;
            for (Member victim : trio.members()) {
                published = publish(holdfast, published, EVENTS / 6);
                victim.kill();
                published = publish(holdfast, published, EVENTS / 6);
                victim.restart();
                trio.awaitAll();
            }

            List<String> all = expected("left", "right");
            readers.forEach((by, seen) -> {
                await(by + " has seen all")
                        .atMost(PATIENCE)
                        .until(() -> List.copyOf(seen.events).size() >= all.size());
                List<String> events = List.copyOf(seen.events);
                assertEquals(all, events.stream().sorted().toList(), by.toString());
                for (String channel : List.of("left", "right"))
                    assertEquals(
                            expected(channel),
                            events.stream()
                                    .filter(event -> event.startsWith(channel))
                                    .toList(),
                            by + ": in order");
            });
        }
    }

    private static List<String> expected(String... channels) {
        return IntStream.range(0, EVENTS)
                .mapToObj(ClientIT::text)
                .filter(text -> List.of(channels).stream().anyMatch(text::startsWith))
                .sorted()
                .collect(Collectors.toList());
    }

    private static String text(int number) {
        return (number % 3 == 0 ? "left" : "right") + String.format(" %05d", number);
    }

    private static int publish(Holdfast holdfast, int from, int count) throws Exception {
        for (int i = from; i < from + count; i++) {
            String text = text(i);
            holdfast.publish(text.substring(0, text.indexOf(' ')))
                    .send(text)
                    .toCompletableFuture()
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }
        return from + count;
    }
}
