// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.access.Access;
import io.holdfast.http.Call;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.kernel.Kernel;
import io.holdfast.time.Clocks;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Waiter;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Counters over HTTP: {@code GET} reads or is held, {@code POST} increments, {@code DELETE} removes; and their list. */
final class CounterResource {
    private static final String MAIN = "main";
    /** A body means nothing, but it must arrive before the increment, and soon. */
    private static final int MOST_BODY = 1024;

    private static final Duration BODY_TIME = Duration.ofSeconds(10), STALL = Duration.ofSeconds(30);
    private static final int PAGE = 100, MOST_PAGE = 1_000;
    private static final OwnResponse NOTHING_NEW = OwnResponse.json(200, "{}");

    private final Counters counters;
    private final CounterOptions options;
    private final Access access;
    private final Clocks clocks;
    private final Json json;

    /**
     * A counter in the list.
     *
     * @param changed when it was last incremented
     */
    @JsonbPropertyOrder({"name", "value", "epoch", "changed"})
    public record CounterBody(String name, long value, long epoch, String changed) {}

    /**
     * A page of counters.
     *
     * @param next the place of the next page; absent on the last one
     */
    @JsonbPropertyOrder({"counters", "next"})
    public record CountersBody(
            List<CounterBody> counters, @Nullable String next) {}

    CounterResource(Counters counters, CounterOptions options, Kernel kernel) {
        this.counters = counters;
        this.options = options;
        this.access = kernel.access();
        this.clocks = kernel.clocks();
        this.json = kernel.json();
    }

    void get(Call call) {
        OptionalLong last = call.integer("last");
        long epoch = epoch(call);
        Duration wait = call.wait(options.hold());
        Seen seen = last.isEmpty() ? null : new Seen(last.getAsLong(), epoch);
        if (seen == null || wait.isZero() || call.isHead()) read(call, seen);
        else hold(call, seen, call.spread(wait));
    }

    private static long epoch(Call call) {
        OptionalLong epoch = call.integer("epoch");
        if (epoch.isPresent() && epoch.getAsLong() < 0)
            throw new Refusal(Problem.badValue("epoch", "0 or more", Long.toString(epoch.getAsLong())));
        return epoch.orElse(Seen.ANY);
    }

    private void read(Call call, @Nullable Seen seen) {
        HeldResponse response = call.hold(options.patience());
        counters.read(name(call))
                .thenApply(reading -> seen != null && seen.is(reading) ? NOTHING_NEW : Count.answer(reading))
                .exceptionally(this::refused)
                .thenAccept(response::answer);
    }

    private void hold(Call call, Seen seen, Duration wait) {
        HeldResponse response = call.hold(wait);
        Waiter<Count> waiter = counters.await(name(call), seen, wait, outcome -> response.answer(answer(outcome)));
        response.onGone(waiter::gone);
    }

    void post(Call call) throws IOException {
        call.checkOrigin();
        // These parameters mean nothing to an increment. They are checked so that a client learns of a wrong request.
        call.integer("last");
        epoch(call);
        call.checkWait();
        HeldResponse response = call.hold(BODY_TIME.plus(options.patience()));
        response.body(MOST_BODY)
                .thenCompose(meaningless -> counters.add(name(call)))
                .thenApply(Count::answer)
                .exceptionally(this::refused)
                .thenAccept(response::answer);
    }

    void delete(Call call) {
        access.toPublish(call);
        HeldResponse response = call.hold(options.patience());
        counters.remove(name(call))
                .thenApply(removed -> OwnResponse.empty(204))
                .exceptionally(this::refused)
                .thenAccept(response::answer);
    }

    void list(Call call) {
        access.toRead(call);
        int limit = call.number("limit", PAGE, 1, MOST_PAGE);
        CounterPage.Wanted wanted = new CounterPage.Wanted(
                call.text("prefix").orElse(""), call.text("after").orElse(""), limit);
        HeldResponse response = call.hold(options.patience());
        counters.list(wanted)
                .thenApply(found -> page(found, limit))
                .exceptionally(this::refused)
                .thenAccept(answer -> response.answer(answer, STALL, clocks.timer()));
    }

    private OwnResponse page(List<CounterPage.Row> found, int limit) {
        List<CounterBody> all = found.stream()
                .map(row -> new CounterBody(row.name(), row.value(), row.epoch(), time(row.changed())))
                .toList();
        return json.answer(200, new CountersBody(all, all.size() < limit ? null : all.get(limit - 1).name));
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    private static String name(Call call) {
        return call.name("name").isEmpty() ? MAIN : call.name("name");
    }

    private OwnResponse answer(Outcome<Count> outcome) {
        Count count = outcome.state();
        if (count != null) return count.answer();
        return outcome.ending() == Ending.REFUSED ? json.full() : NOTHING_NEW;
    }

    private OwnResponse refused(Throwable thrown) {
        return json.failed(thrown, CounterRefusal.class, this::answer);
    }

    private OwnResponse answer(CounterRefusal refusal) {
        String detail = refusal.getMessage() + ".";
        return switch (refusal.why()) {
            case OVERFLOW ->
                json.answer(Problem.of(409, detail)
                        .and("field", "value")
                        .and("rule", "at most " + Long.MAX_VALUE)
                        .and("value", Long.MAX_VALUE));
            case TOO_MANY ->
                json.answer(Problem.of(507, detail)
                        .and("field", "name")
                        .and("rule", "the name of a counter that exists")
                        .and("limit", options.limit()));
            case UNAVAILABLE -> json.later(Problem.of(503, detail).and("outcome", "none"));
            case UNKNOWN -> json.later(Problem.of(503, detail).and("outcome", "unknown"));
        };
    }
}
