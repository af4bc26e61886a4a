// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.ClientResponse;
import io.holdfast.flow.Failure;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.StallLimit;
import io.holdfast.http.Answer;
import io.holdfast.http.BodySource;
import io.holdfast.http.Headers;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.Json;
import io.holdfast.http.Problem;
import io.holdfast.http.Refusal;
import io.holdfast.http.Reply;
import io.holdfast.http.StalledException;
import io.holdfast.time.Clocks;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A client that waits for the response of a worker. */
final class Client implements Customer, ClientResponse.Owner {
    private static final String CUT = "its worker has closed the connection within its answer";

    private final HeldResponse response;
    private final Json json;
    private final Clocks clocks;
    private final StallLimit stall;
    private final long since;
    private volatile Runnable whenBroken = () -> {};
    private volatile @Nullable ClientResponse download;

    Client(HeldResponse response, Json json, Clocks clocks, StallLimit stall) {
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
        response.answer(json.answer(refusal(why)));
        ClientResponse coming = download;
        if (coming != null) coming.fail(why);
    }

    private static Refusal refusal(Exception why) {
        if (why instanceof Refusal refusal) return refusal;
        if (why instanceof StalledException stalled) return stalled.refusal();
        return new Refusal(Problem.of(400, "The body broke off."));
    }

    @Override
    public void head(int status, Headers headers, long length, IntConsumer taken) {
        BodySource source = new Taken(taken);
        download = ClientResponse.begin(response, new ResponseHead(status, headers, length), source, stall, this);
    }

    @Override
    public void piece(byte[] bytes) {
        ClientResponse coming = download;
        if (coming != null) coming.piece(ByteBuffer.wrap(bytes));
    }

    @Override
    public CompletionStage<Void> end() {
        ClientResponse coming = download;
        if (coming != null) coming.end();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void cut() {
        ClientResponse coming = download;
        if (coming != null) coming.fail(new Failure(Failure.Kind.DIED, CUT));
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
    public Reply answerTo(Exception why) {
        return answer(Why.DIED, CUT);
    }

    @Override
    public void onBroken() {
        whenBroken.run();
    }
}
