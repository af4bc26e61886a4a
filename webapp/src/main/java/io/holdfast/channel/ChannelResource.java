// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import io.holdfast.access.Access;
import io.holdfast.channel.core.ChannelOptions;
import io.holdfast.channel.core.ChannelRefusal;
import io.holdfast.channel.core.Channels;
import io.holdfast.channel.core.Cursor;
import io.holdfast.channel.core.Delivery;
import io.holdfast.channel.core.News;
import io.holdfast.channel.core.Presence;
import io.holdfast.channel.core.Published;
import io.holdfast.channel.core.Reached;
import io.holdfast.channel.log.Draft;
import io.holdfast.channel.log.Event;
import io.holdfast.channel.log.EventId;
import io.holdfast.channel.log.Publication;
import io.holdfast.channel.log.Summary;
import io.holdfast.cluster.Cluster;
import io.holdfast.http.Call;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.message.Accepted;
import io.holdfast.http.message.EventSources;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.time.Clocks;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Waiter;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Channels over HTTP: publish, read or be held, follow, describe and clear. */
final class ChannelResource {
    private static final Duration BODY_TIME = Duration.ofSeconds(60);
    /** Added to the wait: an answer of many megabytes takes time. A client that accepts nothing is cut earlier. */
    private static final Duration DOWNLOAD_TIME = Duration.ofMinutes(10);

    private static final int LIMIT = 100, MOST_EVENTS = 1_000;
    private static final int BATCH_OVERHEAD = 2;
    /** The parameters that stand for the header {@code Last-Event-ID} where a client cannot send it. */
    static final List<String> LAST_EVENT_ID =
            List.of("lastEventId", "lastEventID", "lasteventid", "last_event_id", "Last-Event-ID", "last-event-id");

    private static final String HEADER = "Last-Event-ID";
    private static final byte[] NO_BYTES = {};

    private final Channels channels;
    private final ChannelOptions options;
    private final Access access;
    private final Cluster cluster;
    private final Json json;
    private final Rendering rendering;
    private final Clocks clocks;
    private final Executor executor;

    /**
     * Where a reader begins.
     *
     * @param isTag whether an entity tag says so
     */
    private record Start(Cursor cursor, boolean isTag) {}

    /**
     * The answer to a publish.
     *
     * @param id absent for a batch
     * @param ids absent for a single event
     */
    @JsonbPropertyOrder({"id", "ids", "receipt"})
    public record PublishedBody(
            @Nullable String id, @Nullable List<String> ids, ReceiptBody receipt) {}

    /**
     * The reach of a publish.
     *
     * @param released how many held requests were released, by member; absent unless the publisher asked
     * @param unknown the members that did not report in time; absent unless the publisher asked
     */
    @JsonbPropertyOrder({"committed", "backups", "released", "unknown"})
    public record ReceiptBody(
            boolean committed,
            int backups,
            @Nullable Map<String, Long> released,
            @Nullable Set<String> unknown) {}

    /**
     * The state of a channel.
     *
     * @param first null if the channel has no events
     * @param last null if the channel has no events
     * @param waiters how many requests each member holds
     * @param unknown the members that did not report in time
     */
    @JsonbPropertyOrder({"name", "first", "last", "events", "bytes", "waiters", "unknown"})
    public record Description(
            String name,
            @JsonbNillable @Nullable String first,
            @JsonbNillable @Nullable String last,
            long events,
            long bytes,
            Map<String, Long> waiters,
            Set<String> unknown) {}

    ChannelResource(
            Channels channels,
            ChannelOptions options,
            Access access,
            Cluster cluster,
            Json json,
            Clocks clocks,
            Executor executor) {
        this.channels = channels;
        this.options = options;
        this.access = access;
        this.cluster = cluster;
        this.json = json;
        this.rendering = new Rendering(json);
        this.clocks = clocks;
        this.executor = executor;
    }

    void post(Call call) throws IOException {
        access.toPublish(call);
        String channel = writable(one(call));
        String key = call.header("Idempotency-Key").map(Drafts::key).orElse("");
        boolean batch = call.word("batch", "true", "false").orElse("false").equals("true");
        boolean asks = call.word("receipt", "none").isEmpty();
        Optional<String> type = call.text("type");
        if (batch && type.isPresent())
            throw new Refusal(
                    Problem.badValue("type", "left out with a batch, whose events have their own", type.get()));
        Drafts.checkType("type", type.orElse(null));
        String contentType = call.header("Content-Type").orElse("application/octet-stream");
        Drafts.checkContentType("Content-Type", contentType);
        if (batch && !isJson(contentType)) throw notJson(contentType);
        int most = batch ? options.eventSize() * BATCH_OVERHEAD : options.eventSize();
        String base = call.context() + "/channels/" + channel + "/events/";
        boolean favoured = call.isFavoured();
        HeldResponse response = call.hold(BODY_TIME.plus(options.patience()).plus(options.receiptPatience()));
        response.content(most, executor)
                .thenApply(body -> batch
                        ? BatchBody.parse(body, options.eventSize())
                        : List.of(new Draft(type.orElse(""), contentType, body)))
                .thenCompose(drafts -> channels.publish(channel, Publication.of(drafts, key, favoured), asks))
                .thenCompose(published -> published
                        .reached()
                        .thenApply(reached -> published(published, reached, asks, batch, channel, base)))
                .exceptionally(this::failed)
                .thenAccept(response::answer);
    }

    private OwnResponse published(
            Published published, Reached reached, boolean asks, boolean batch, String channel, String base) {
        List<String> ids = published.ids().stream().map(id -> id.text(channel)).toList();
        boolean told = asks && !published.repeated();
        ReceiptBody receipt = new ReceiptBody(
                true,
                cluster.backups(),
                told ? reached.released() : null,
                told ? new TreeSet<>(reached.unknown()) : null);
        OwnResponse answer =
                json.answer(201, new PublishedBody(batch ? null : ids.get(0), batch ? ids : null, receipt));
        if (published.repeated()) answer = answer.with("Idempotency-Replayed", "true");
        return batch ? answer : answer.with("Location", base + ids.get(0));
    }

    private static boolean isJson(String contentType) {
        return contentType.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
    }

    private static Refusal notJson(String contentType) {
        return new Refusal(Problem.of(415, "Content-Type of a batch must be application/json.")
                .and("field", "Content-Type")
                .and("rule", "application/json")
                .and("value", Problem.shown(contentType)));
    }

    void get(Call call) throws IOException {
        access.toRead(call);
        List<String> names = call.names("names");
        Accepted form = Accepted.of(call.header("Accept").orElse(""));
        boolean sse = form == Accepted.SSE, lines = form == Accepted.LINES;
        Start start = start(call, names, sse || lines);
        Cursor cursor = start.cursor;
        int limit = call.number("limit", LIMIT, 1, MOST_EVENTS);
        boolean mustExist =
                call.word("must-exist", "true", "false").orElse("false").equals("true");
        Duration wait = call.wait(options.hold());
        boolean stream = (sse || lines) && !wait.isZero();
        boolean now = wait.isZero() || call.isHead();
        // An EventSource never reconnects after a refusal. Its stream is accepted and ends at once, so
        // that it reconnects.
        if (lines && stream && channels.isFull()) call.answer(json.full());
        else if (stream && call.isHead()) head(call, cursor, sse, mustExist);
        else if (stream) stream(call, cursor, limit, sse, mustExist);
        else {
            int vain = start.isTag && !sse ? 304 : 204;
            new Poll(
                            call.hold(options.patience().plus(wait).plus(DOWNLOAD_TIME)),
                            cursor,
                            limit,
                            call.spread(wait),
                            vain,
                            sse,
                            lines)
                    .start(mustExist, now);
        }
    }

    /** Where the reader begins. A client gives up a stream that is refused, so one with an unreadable cursor is told of a gap instead. */
    private static Start start(Call call, List<String> names, boolean stream) {
        try {
            return start(call, names);
        } catch (Refusal unreadable) {
            if (!stream) throw unreadable;
            return new Start(Cursor.unknown(names), false);
        }
    }

    /** The first of these that is present: a reader that comes back adds its place to the address it began with. */
    private static Start start(Call call, List<String> names) {
        Optional<Cursor> header = call.header(HEADER)
                .filter(text -> !text.isBlank())
                .map(text -> Cursor.parse(names, HEADER, text.strip()));
        if (header.isPresent()) return new Start(header.get(), false);
        Optional<Cursor> tag = call.header("If-None-Match").flatMap(tags -> matched(names, tags));
        return tag.map(cursor -> new Start(cursor, true)).orElseGet(() -> new Start(asked(call, names), false));
    }

    private static Cursor asked(Call call, List<String> names) {
        return call.last(LAST_EVENT_ID, (name, text) -> Cursor.parse(names, name, text.strip()))
                .or(() -> call.text("after").map(text -> Cursor.parse(names, "after", text)))
                .orElseGet(() -> Cursor.now(names));
    }

    /** The first tag that is a cursor here. Tags of other responses do not match. */
    private static Optional<Cursor> matched(List<String> names, String header) {
        return EntityTags.of(header).stream()
                .flatMap(tag -> Cursor.find(names, tag).stream())
                .findFirst();
    }

    /** Answers with the head of the stream that a {@code GET} would get. A stream has no length. */
    private void head(Call call, Cursor cursor, boolean sse, boolean mustExist) {
        HeldResponse response = call.hold(options.patience());
        CompletionStage<Void> known = mustExist ? exists(cursor.channels()) : CompletableFuture.completedFuture(null);
        known.thenApply(exists -> ChannelStream.head(sse))
                .exceptionally(error -> sse ? EventSources.shown(failed(error)) : failed(error))
                .thenAccept(get -> response.answer(
                        get.status() == 200 ? new PassedResponse(200, get.allHeaders(), NO_BYTES) : get));
    }

    private void stream(Call call, Cursor cursor, int limit, boolean sse, boolean mustExist) throws IOException {
        Duration life = call.spread(options.streamTime());
        ChannelStream stream = new ChannelStream(channels, options, rendering, clocks, sse, limit, life);
        if (!mustExist) {
            stream.start(call, cursor);
            return;
        }
        HeldResponse response = call.hold(options.patience().plus(stream.longest()));
        exists(cursor.channels()).whenComplete((exists, error) -> {
            if (error == null) stream.start(response, cursor);
            else response.answer(sse ? EventSources.shown(failed(error)) : failed(error));
        });
    }

    /** A request for events that gets a single answer. */
    private final class Poll implements Channels.Reader {
        private final HeldResponse response;
        private final Cursor asked;
        private final int limit;
        private final Duration wait;
        private final int vain;
        private final boolean sse, lines;
        private volatile Cursor at;

        Poll(HeldResponse response, Cursor asked, int limit, Duration wait, int vain, boolean sse, boolean lines) {
            this.response = response;
            this.asked = asked;
            this.at = asked;
            this.limit = limit;
            this.wait = wait;
            this.vain = vain;
            this.sse = sse;
            this.lines = lines;
        }

        void start(boolean mustExist, boolean now) {
            CompletionStage<Void> known =
                    mustExist ? exists(asked.channels()) : CompletableFuture.completedFuture(null);
            if (now || !asked.isPlaced())
                known.thenCompose(exists -> channels.read(asked, limit))
                        .whenComplete((delivery, error) -> looked(delivery, error, now));
            else
                known.whenComplete((exists, error) -> {
                    if (error == null) hold(asked);
                    else failed(error);
                });
        }

        private void looked(Delivery delivery, Throwable error, boolean now) {
            if (error != null) failed(error);
            else if (!delivery.isEmpty()) delivered(delivery);
            else if (now) ended(Ending.TIMED_OUT, delivery.cursor());
            else hold(delivery.cursor());
        }

        private void hold(Cursor cursor) {
            at = cursor;
            Waiter<News> waiter = channels.await(cursor, limit, wait, this);
            response.onGone(waiter::gone);
        }

        @Override
        public boolean delivered(Delivery delivery) {
            channels.counts().delivered(delivery);
            return response.answer(answer(delivery), options.stall(), clocks.timer());
        }

        private OwnResponse answer(Delivery delivery) {
            if (!sse && !lines) return rendering.envelope(delivery, at);
            byte[] body = sse ? rendering.sse(delivery, at) : rendering.lines(delivery, at);
            String type = (sse ? Accepted.SSE : Accepted.LINES).mediaType();
            return new OwnResponse(200, type, Headers.of("ETag", Rendering.etag(delivery.cursor())), body);
        }

        @Override
        public boolean ended(Ending ending, Cursor cursor) {
            if (ending == Ending.REFUSED) return response.answer(json.full());
            return response.answer(OwnResponse.empty(vain).with("ETag", Rendering.etag(cursor)));
        }

        @Override
        public void failed(Throwable why) {
            OwnResponse answer = ChannelResource.this.failed(why);
            response.answer(sse ? EventSources.shown(answer) : answer);
        }
    }

    private CompletionStage<Void> exists(List<String> names) {
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (String name : names)
            all = all.thenCompose(exists -> channels.describe(name)).thenAccept(summary -> {
                if (summary.last() == null)
                    throw new Refusal(Problem.of(404, "Channel " + name + " has no events.")
                            .and("field", "name")
                            .and("rule", "a channel that has events")
                            .and("value", name));
            });
        return all;
    }

    void event(Call call) {
        access.toRead(call);
        String channel = call.name("name");
        EventId id = EventId.parse(channel, call.name("id"))
                .orElseThrow(() ->
                        new Refusal(Problem.badValue("id", "the id of an event of this channel", call.name("id"))));
        String match = call.header("If-None-Match").orElse("");
        HeldResponse response = call.hold(options.patience().plus(DOWNLOAD_TIME));
        channels.event(channel, id)
                .thenApply(event -> raw(
                        channel,
                        match,
                        event.orElseThrow(() -> new Refusal(Problem.of(404, "This event is not kept, or never was.")
                                .and("field", "id")
                                .and("rule", "the id of an event that is kept")
                                .and("value", Problem.shown(call.name("id")))))))
                .exceptionally(this::failed)
                .thenAccept(answer -> response.answer(answer, options.stall(), clocks.timer()));
    }

    /** A browser must not treat published data as a page of this server. */
    private static OwnResponse raw(String channel, String match, Event event) {
        String id = event.id().text(channel), tag = "\"" + id + "\"";
        if (EntityTags.match(match, id)) return OwnResponse.empty(304).with("ETag", tag);
        Headers headers = Headers.of(
                "ETag",
                tag,
                "Last-Modified",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        Instant.ofEpochMilli(event.time()).atOffset(ZoneOffset.UTC)));
        if (!event.type().isEmpty()) headers = headers.and("Event-Type", Text.inHeader(event.type()));
        headers = headers.and("X-Content-Type-Options", "nosniff")
                .and("Content-Security-Policy", "sandbox; default-src 'none'");
        return new OwnResponse(200, event.contentType(), headers, event.data());
    }

    void describe(Call call) {
        access.toRead(call);
        String channel = call.name("name");
        boolean mustExist =
                call.word("must-exist", "true", "false").orElse("false").equals("true");
        HeldResponse response = call.hold(options.patience().plus(options.receiptPatience()));
        (mustExist ? exists(List.of(channel)) : CompletableFuture.<Void>completedFuture(null))
                .thenCompose(exists -> channels.describe(channel))
                .thenCombine(channels.waiting(channel), (summary, waiting) -> description(channel, summary, waiting))
                .exceptionally(this::failed)
                .thenAccept(response::answer);
    }

    private OwnResponse description(String channel, Summary summary, Reached waiting) {
        return json.answer(
                200,
                new Description(
                        channel,
                        shown(channel, summary.first()),
                        shown(channel, summary.last()),
                        summary.events(),
                        summary.bytes(),
                        waiting.released(),
                        new TreeSet<>(waiting.unknown())));
    }

    private static @Nullable String shown(String channel, @Nullable EventId id) {
        return id == null ? null : id.text(channel);
    }

    void delete(Call call) {
        access.toPublish(call);
        String channel = writable(call.name("name"));
        HeldResponse response = call.hold(options.patience());
        channels.clear(channel)
                .thenApply(cleared -> OwnResponse.empty(204))
                .exceptionally(this::failed)
                .thenAccept(response::answer);
    }

    /** Clients may not publish to presence channels, so that readers can rely on the events there. */
    private static String writable(String channel) {
        if (!Presence.isReserved(channel)) return channel;
        throw new Refusal(Problem.of(403, "A channel of presence is written by this server only.")
                .and("field", "name")
                .and("rule", "not ending with " + Presence.SUFFIX)
                .and("value", channel));
    }

    private static String one(Call call) {
        List<String> names = call.names("names");
        if (names.size() == 1) return names.get(0);
        throw new Refusal(Problem.badValue("names", "one channel to publish to", String.join(",", names)));
    }

    private OwnResponse failed(Throwable thrown) {
        return json.failed(thrown, ChannelRefusal.class, this::answer);
    }

    private OwnResponse answer(ChannelRefusal refusal) {
        String detail = refusal.getMessage() + ".";
        return switch (refusal.why()) {
            case OTHER_USE ->
                json.answer(Problem.of(422, detail)
                        .and("field", "Idempotency-Key")
                        .and("rule", "one key for one publication"));
            case NO_ROOM -> json.answer(Problem.of(507, detail));
            case UNAVAILABLE -> json.later(Problem.of(503, detail).and("outcome", "none"));
            case UNKNOWN -> json.later(Problem.of(503, detail).and("outcome", "unknown"));
        };
    }
}
