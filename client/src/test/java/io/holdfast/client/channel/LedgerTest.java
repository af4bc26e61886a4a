// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.By;
import io.holdfast.client.ClientFixture;
import io.holdfast.client.Event;
import io.holdfast.client.Following;
import io.holdfast.client.Holdfast;
import io.holdfast.client.Receipt;
import io.holdfast.client.testing.FixedRandom;
import io.holdfast.client.testing.RecordingListener;
import io.holdfast.client.testing.ScriptedServer;
import io.holdfast.client.time.Clocks;
import io.holdfast.client.time.SystemTimer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Servers that keep their promises but fail at random in every other way, and a client that must hide the failures. */
class LedgerTest {
    private static final int EVENTS = 400;
    private static final Pattern AFTER = Pattern.compile("after=(\\d+)-a");

    private final long seed = new Random().nextLong();

    /** The channel: event N has the id N-a and the data N. */
    private static final class Channel {
        private final List<String> events = new ArrayList<>();
        private final Map<String, Integer> keys = new HashMap<>();
        private final Random random;
        private final AtomicInteger faults = new AtomicInteger();

        Channel(long seed) {
            random = new Random(seed);
        }

        synchronized boolean chance(int percent) {
            boolean hit = random.nextInt(100) < percent;
            if (hit) faults.incrementAndGet();
            return hit;
        }

        synchronized int size() {
            return events.size();
        }

        synchronized int append(String key, String data) {
            Integer before = keys.get(key);
            if (before != null) return before;
            events.add(data);
            keys.put(key, events.size());
            notifyAll();
            return events.size();
        }

        synchronized List<String> after(int cursor, int most, long waitMillis) {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
            try {
                while (events.size() <= cursor && System.nanoTime() < end) wait(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return List.copyOf(events.subList(cursor, Math.min(events.size(), cursor + most)));
        }

        boolean serve(ScriptedServer.Request request, OutputStream out) throws IOException {
            if (chance(5)) return false;
            if (chance(5))
                return ScriptedServer.problem(503, "Not now.", "Retry-After: 0").write(request, out);
            if (request.method().equals("POST")) return publish(request, out);
            return "text/event-stream".equals(request.header("Accept")) ? stream(request, out) : poll(request, out);
        }

        private boolean publish(ScriptedServer.Request request, OutputStream out) throws IOException {
            int id = append(request.header("Idempotency-Key"), request.body());
            if (chance(15)) return false;
            String receipt = "{\"id\":\"" + id + "-a\",\"receipt\":{\"committed\":true,\"backups\":1}}";
            return ScriptedServer.answer(201, "Content-Type: application/json", receipt)
                    .write(request, out);
        }

        private boolean poll(ScriptedServer.Request request, OutputStream out) throws IOException {
            Matcher matcher = AFTER.matcher(request.target());
            int cursor = matcher.find() ? Integer.parseInt(matcher.group(1)) : size();
            List<String> found = after(cursor, 10, request.target().contains("wait=0") ? 0 : 30);
            if (found.isEmpty()) return ScriptedServer.nothing(cursor + "-a").write(request, out);
            int first = cursor + 1;
            if (chance(10)) first = Math.max(1, first - 3);
            List<String> events = new ArrayList<>();
            for (int i = first; i <= cursor + found.size(); i++) events.add(ScriptedServer.event(i + "-a", "" + i));
            ScriptedServer.Reply page =
                    ScriptedServer.page(cursor + found.size() + "-a", events.toArray(String[]::new));
            return chance(15) ? cut(page, request, out) : page.write(request, out);
        }

        /** Writes some of the reply. */
        private boolean cut(ScriptedServer.Reply reply, ScriptedServer.Request request, OutputStream out)
                throws IOException {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            reply.write(request, whole);
            out.write(whole.toByteArray(), 0, random.nextInt(whole.size()));
            out.flush();
            return false;
        }

        private boolean stream(ScriptedServer.Request request, OutputStream out) throws IOException {
            String id = request.header("Last-Event-ID");
            int cursor = id == null ? 0 : Integer.parseInt(id.substring(0, id.indexOf('-')));
            if (chance(10)) cursor = Math.max(0, cursor - 3);
            ScriptedServer.cutStream("retry: 1\n\n").write(request, out);
            while (!chance(2)) {
                List<String> found = after(cursor, 1, 10);
                String text = found.isEmpty() ? ": here\n" : "id: " + ++cursor + "-a\r\ndata: " + cursor + "\r\n\r\n";
                if (chance(3)) {
                    chunk(out, text.substring(0, 1 + random.nextInt(text.length() - 1)));
                    return false;
                }
                chunk(out, text);
            }
            out.write("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            return true;
        }

        private static void chunk(OutputStream out, String text) throws IOException {
            out.write((Integer.toHexString(text.length()) + "\r\n" + text + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    /** A listener that fails now and then. */
    private static final class Moody extends RecordingListener {
        private final Random random;

        Moody(long seed) {
            random = new Random(seed);
        }

        @Override
        public void event(Event event) throws Exception {
            if (random.nextInt(100) < 5) throw new IllegalStateException("moody");
            super.event(event);
        }
    }

    @Test
    void eachEventIsPublishedOnceAndTakenOnceInOrderDespiteAllFailures() throws Exception {
        Channel channel = new Channel(seed);
        try (ScriptedServer one = new ScriptedServer().always(channel::serve);
                ScriptedServer two = new ScriptedServer().always(channel::serve);
                SystemTimer timer = new SystemTimer("ledger")) {
            Clocks clocks = new Clocks(timer, System::nanoTime, InstantSource.system(), FixedRandom.LEAST);
            Holdfast holdfast = ClientFixture.client(clocks, null, one.uri(), two.uri());
            Moody polling = new Moody(seed + 1);
            Moody streaming = new Moody(seed + 2);
            Following first = holdfast.follow("orders").after("0-a").start(polling);
            Following second = holdfast.follow("orders").after("0-a").by(By.SSE).start(streaming);
            for (int i = 1; i <= EVENTS; i++) publish(holdfast, i);

            List<String> all =
                    IntStream.rangeClosed(1, EVENTS).mapToObj(i -> i + "-a").toList();
            await().atMost(Duration.ofSeconds(60)).until(() -> polling.ids().contains(EVENTS + "-a"));
            await().atMost(Duration.ofSeconds(60)).until(() -> streaming.ids().contains(EVENTS + "-a"));
            first.stop();
            second.stop();
            assertNull(ClientFixture.ending(first.done()));
            assertNull(ClientFixture.ending(second.done()));
            assertEquals(EVENTS, channel.size(), () -> "seed " + seed);
            assertEquals(all, polling.ids(), () -> "seed " + seed);
            assertEquals(all, streaming.ids(), () -> "seed " + seed);
            assertTrue(channel.faults.get() > EVENTS / 10, "faults: " + channel.faults);
            holdfast.close();
        }
    }

    private static void publish(Holdfast holdfast, int number) throws Exception {
        Receipt receipt = holdfast.publish("orders")
                .send(Integer.toString(number))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        assertEquals(number + "-a", receipt.id());
    }
}
