// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.flow.ClientResponse;
import io.holdfast.flow.Failure;
import io.holdfast.flow.Failure.Kind;
import io.holdfast.flow.ResponseHead;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.RequestHead;
import io.holdfast.http.StalledException;
import io.holdfast.http.message.EventSources;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.http.message.Response;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A client that waits for the response of a worker. */
final class WaitingClient implements Requester, ClientResponse.Owner {
    private final Matchmaker matchmaker;
    private final HeldResponse response;
    private final RequestHead asked;
    private final boolean favoured;
    private final Json json;
    private final long since;
    private volatile Runnable whenBroken = () -> {};
    private volatile @Nullable ClientResponse download;
    private volatile boolean given; // whether a worker was to get the request

    WaitingClient(Matchmaker matchmaker, HeldResponse response, RequestHead asked, boolean favoured, Json json) {
        this.matchmaker = matchmaker;
        this.response = response;
        this.asked = asked;
        this.favoured = favoured;
        this.json = json;
        this.since = matchmaker.clocks().ticker().nanos();
    }

    /** Sets the task that runs if the client does not accept the response. */
    void onBroken(Runnable task) {
        whenBroken = task;
    }

    /** Refuses the request, because its body has broken off. */
    void refuse(Exception why) {
        response.answer(json.answer(refusal(why)));
        ClientResponse coming = download;
        if (coming != null) coming.fail(why);
    }

    @Override
    public boolean isFavoured() {
        return favoured;
    }

    @Override
    public CompletionStage<Boolean> onMatched() {
        given = true;
        return Requester.super.onMatched();
    }

    private Refusal refusal(Exception why) {
        if (why instanceof Refusal refusal)
            return refusal.problem().status() < 500 ? refusal : refusal.and("outcome", given ? "unknown" : "none");
        if (why instanceof StalledException stalled) return stalled.refusal();
        return new Refusal(Problem.brokenBody());
    }

    @Override
    public BodySink head(ResponseHead head, BodySource source) {
        ClientResponse coming = ClientResponse.begin(response, head, source, matchmaker.stall(), this);
        download = coming;
        return coming;
    }

    @Override
    public void fail(Failure why) {
        response.answer(EventSources.shown(answer(why), asked.method(), asked.headers()));
    }

    private OwnResponse answer(Failure why) {
        Duration waited = Duration.ofNanos(matchmaker.clocks().ticker().nanos() - since);
        return switch (why.kind()) {
            case FULL, UNAVAILABLE, DECLINED -> json.later(problem(503, why));
            case TOO_MANY_QUEUES -> json.answer(problem(507, why));
            case DIED, MALFORMED -> json.answer(problem(502, why));
            case NOT_TAKEN, SILENT -> json.answer(problem(504, why).and("waited", waited.toSeconds()));
        };
    }

    private static Problem problem(int status, Failure why) {
        return Problem.of(status, sentence(why)).and("outcome", why.mayHaveBegun() ? "unknown" : "none");
    }

    private static String sentence(Failure why) {
        if (why.isAfterBegin()) return "A worker had the request and may have performed it; then " + why.detail() + ".";
        String what = why.mayHaveBegun() ? "The request was given to a worker: " : "The request was not performed: ";
        return what + why.detail() + ".";
    }

    @Override
    public Response answerTo(Exception why) {
        return answer(new Failure(Kind.DIED, "its worker has closed the connection within its answer"));
    }

    @Override
    public boolean drains() {
        return matchmaker.options().abandoned() == WorkOptions.Abandoned.FINISH;
    }

    @Override
    public void onBroken() {
        whenBroken.run();
    }
}
