// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.counter;

import io.holdfast.http.Call;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Waiter;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;

/** A counter over HTTP: {@code GET} reads or is held, {@code POST} increments. */
final class CounterResource {
    private static final String MAIN = "main";
    /** A body means nothing, but it must arrive before the increment, and soon. */
    private static final int MOST_BODY = 1024;

    private static final Duration BODY_TIME = Duration.ofSeconds(10);
    private static final OwnResponse NOTHING_NEW = OwnResponse.json(200, "{}");

    private final Counters counters;
    private final CounterOptions options;
    private final Json json;

    CounterResource(Counters counters, CounterOptions options, Json json) {
        this.counters = counters;
        this.options = options;
        this.json = json;
    }

    void get(Call call) {
        OptionalLong last = call.integer("last");
        Duration wait = call.wait(options.hold());
        if (last.isEmpty() || wait.isZero() || call.isHead()) read(call, last);
        else hold(call, last.getAsLong(), call.spread(wait));
    }

    private void read(Call call, OptionalLong last) {
        HeldResponse response = call.hold(options.patience());
        counters.value(name(call))
                .thenApply(value -> last.isPresent() && last.getAsLong() == value ? NOTHING_NEW : Count.answer(value))
                .exceptionally(this::refused)
                .thenAccept(response::answer);
    }

    private void hold(Call call, long last, Duration wait) {
        HeldResponse response = call.hold(wait);
        Waiter<Count> waiter = counters.await(name(call), last, wait, outcome -> response.answer(answer(outcome)));
        response.onGone(waiter::gone);
    }

    void post(Call call) throws IOException {
        call.checkOrigin();
        // These parameters mean nothing to an increment. They are checked so that a client learns of a wrong request.
        call.integer("last");
        call.checkWait();
        HeldResponse response = call.hold(BODY_TIME.plus(options.patience()));
        response.body(MOST_BODY)
                .thenCompose(meaningless -> counters.increment(name(call)))
                .thenApply(Count::answer)
                .exceptionally(this::refused)
                .thenAccept(response::answer);
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
