// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.background.BackgroundEventHandler;
import com.launchdarkly.eventsource.background.BackgroundEventSource;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.sse.SseEventSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The libraries with which others follow streams of Server-Sent Events: docs/reference/clients-tried.md. */
class StreamClientsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final List<String> OF_NODE = List.of(
            "event-source-polyfill", "eventsource", "@microsoft/fetch-event-source", "reconnecting-eventsource");
    private static final int EVENTS = 60;
    private static final String PLACE = "{\"type\":\"last-event-id\"";

    /** The events of each client, by library: a line of JSON each. */
    private final Map<String, Supplier<List<String>>> clients = new LinkedHashMap<>();

    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

    @Test
    void eachLibraryGetsEachEventOnceAndNothingElseAcrossManyStreams() throws Exception {
        Npm npm = new Npm();
        try (Member member = Member.alone("stream-clients", "channel.stream-time=1s", "channel.heartbeat=1s")) {
            member.awaitReady(1, PATIENCE);
            URI events = member.uri("/channels/tried/events");
            for (String library : OF_NODE) follow(npm, library, events);
            new OkHttp(events).follow();
            launchDarkly(events);
            jersey(events);
            clients.forEach((library, got) -> await(library + " has its place")
                    .atMost(PATIENCE)
                    .until(() -> got.get().stream().anyMatch(line -> line.startsWith(PLACE))));
            for (int i = 0; i < EVENTS; i++) {
                publish(events, "event " + i);
                Pause.of(Duration.ofMillis(100));
            }
            List<String> all = IntStream.range(0, EVENTS)
                    .mapToObj(i -> line("message", "event " + i))
                    .toList();
            clients.forEach((library, got) -> await(library + " has the last")
                    .atMost(PATIENCE)
                    .until(() -> got.get().contains(all.get(EVENTS - 1))));
            clients.forEach((library, got) -> {
                List<String> others = got.get().stream()
                        .filter(line -> !line.startsWith(PLACE))
                        .toList();
                assertEquals(all, others, library);
            });
        } finally {
            for (AutoCloseable client : open) client.close();
        }
    }

    private static String line(@Nullable String type, String data) {
        return "{\"type\":\"" + (type == null ? "message" : type) + "\",\"data\":\"" + data.replace("\"", "\\\"")
                + "\"}";
    }

    private void follow(Npm npm, String library, URI events) {
        Spawned process = Spawned.start(
                "events-" + library.replaceAll("\\W", "-"),
                npm.command("events.mjs", library, events.toString()),
                Map.of());
        open.add(process);
        clients.put(library, () -> {
            if (!process.isAlive()) throw new AssertionError(library + " has ended:\n" + process.log());
            return process.log().lines().toList();
        });
    }

    private List<String> of(String library) {
        List<String> got = new CopyOnWriteArrayList<>();
        clients.put(library, () -> got);
        return got;
    }

    /** It follows one stream; its users ask for the next with the last id. */
    private final class OkHttp extends EventSourceListener {
        private final List<String> got = of("okhttp-sse");
        private final EventSource.Factory sources = EventSources.createFactory(new OkHttpClient());
        private final Request.Builder request;

        private OkHttp(URI events) {
            request = new Request.Builder().url(events.toString());
        }

        private void follow() {
            EventSource source = sources.newEventSource(request.build(), this);
            open.add(source::cancel);
        }

        @Override
        public void onEvent(EventSource source, @Nullable String id, @Nullable String type, String data) {
            got.add(line(type, data));
            if (id != null) request.header("Last-Event-ID", id);
        }

        @Override
        public void onClosed(EventSource source) {
            follow();
        }

        @Override
        public void onFailure(EventSource source, @Nullable Throwable failure, @Nullable Response response) {
            got.add(line("failure", String.valueOf(failure)));
        }
    }

    private void launchDarkly(URI events) {
        List<String> got = of("LaunchDarkly okhttp-eventsource");
        BackgroundEventHandler handler = new BackgroundEventHandler() {
            @Override
            public void onOpen() {}

            @Override
            public void onClosed() {}

            @Override
            public void onMessage(String type, MessageEvent event) {
                got.add(line(type, event.getData()));
            }

            @Override
            public void onComment(String comment) {}

            @Override
            public void onError(Throwable failure) {
                // The end of a stream, after which it asks for the next.
            }
        };
        BackgroundEventSource source = new BackgroundEventSource.Builder(
                        handler, new com.launchdarkly.eventsource.EventSource.Builder(events))
                .build();
        open.add(source);
        source.start();
    }

    private void jersey(URI events) {
        List<String> got = of("Jersey");
        Client client = ClientBuilder.newClient();
        SseEventSource source = SseEventSource.target(client.target(events))
                .reconnectingEvery(1, TimeUnit.SECONDS)
                .build();
        source.register(event -> got.add(line(event.getName(), event.readData())));
        open.add(() -> {
            source.close(1, TimeUnit.SECONDS);
            client.close();
        });
        source.open();
    }

    private static void publish(URI events, String data) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(events)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(data))
                .build();
        assertEquals(
                201,
                HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString())
                        .statusCode());
    }
}
