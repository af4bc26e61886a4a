// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.Download;
import io.holdfast.flow.Intake;
import io.holdfast.http.Answer;
import io.holdfast.http.Headers;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.HeldStream;
import io.holdfast.http.Json;
import io.holdfast.http.Problem;
import io.holdfast.http.Refusal;
import io.holdfast.http.Relayed;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A client that waits for the response of a worker. */
final class Client implements Customer, Download.Client {
    /** What is not longer is given as a whole. */
    private static final int SHORT = 64 * 1024;

    private final HeldResponse response;
    private final Json json;
    private final Clocks clocks;
    private final Duration stall;
    private final long since;
    private volatile Runnable whenBroken = () -> {};
    private volatile @Nullable Download download;

    Client(HeldResponse response, Json json, Clocks clocks, Duration stall) {
        this.response = response;
        this.json = json;
        this.clocks = clocks;
        this.stall = stall;
        this.since = clocks.ticker().nanos();
    }

    /** Names the one to be told when it does not take its response. */
    void onBroken(Runnable listener) {
        whenBroken = listener;
    }

    /** Nothing more comes of its request's body. */
    void broken(Exception why) {
        if (why instanceof Refusal refusal) response.answer(json.answer(refusal));
        else if (why instanceof Intake.StalledException)
            response.answer(json.answer(Problem.of(408, "The body did not come.")));
        else response.answer(json.answer(Problem.of(400, "The body broke off.")));
        Download coming = download;
        if (coming != null) coming.failed();
    }

    @Override
    public void head(int status, Headers headers, long length, IntConsumer taken) {
        download = length >= 0 && length <= SHORT
                ? Download.gathered(status, headers, SHORT, taken, this)
                : Download.streamed(status, headers, taken, this);
    }

    @Override
    public void piece(byte[] bytes) {
        Download coming = download;
        if (coming != null) coming.piece(ByteBuffer.wrap(bytes));
    }

    @Override
    public CompletionStage<Void> end() {
        Download coming = download;
        if (coming != null) coming.complete();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void cut() {
        Download coming = download;
        if (coming != null && !coming.failed())
            refused(Why.DIED, "its worker has closed the connection within its answer");
    }

    @Override
    public void refused(Why why, String detail) {
        response.answer(answer(why, detail));
    }

    private Answer answer(Why why, String detail) {
        long waited = Duration.ofNanos(clocks.ticker().nanos() - since).toSeconds();
        return switch (why) {
            case FULL -> json.later(problem(503, "The request was not performed", detail, "none"));
            case UNAVAILABLE -> json.later(problem(503, "The request was not performed", detail, "none"));
            case TOO_MANY_QUEUES -> json.answer(problem(507, "The request was not performed", detail, "none"));
            case NOBODY ->
                json.answer(problem(504, "The request was not performed", detail, "none")
                        .and("waited", waited));
            case DIED -> json.answer(problem(502, "The request was given to a worker", detail, "unknown"));
            case MALFORMED -> json.answer(problem(502, "The request was given to a worker", detail, "unknown"));
            case SILENT ->
                json.answer(problem(504, "The request was given to a worker", detail, "unknown")
                        .and("waited", waited));
        };
    }

    private static Problem problem(int status, String what, String detail, String outcome) {
        return Problem.of(status, what + ": " + detail + ".").and("outcome", outcome);
    }

    @Override
    public void whole(int status, Headers headers, byte[] body) {
        response.answer(new Relayed(status, headers, body), stall, clocks.timer());
    }

    @Override
    public void tooLong() {
        cut();
        whenBroken.run();
    }

    @Override
    public @Nullable HeldStream stream(Relayed head) {
        Optional<HeldStream> stream = response.stream(head);
        if (stream.isEmpty()) whenBroken.run();
        else stream.get().onGone(whenBroken);
        return stream.orElse(null);
    }

    @Override
    public void over() {
        // Its ticket is over already.
    }

    @Override
    public void broken() {
        whenBroken.run();
    }

    @Override
    public Duration stall() {
        return stall;
    }

    @Override
    public Timer timer() {
        return clocks.timer();
    }
}
