// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.access.Access;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.Soundness;
import io.holdfast.http.Call;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.RequestHead;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.JsonInput;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.work.FollowUp.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The interface for workers that ask for their work over plain HTTP. A worker asks for the next request, and then reports on it, at
 * any member.
 */
final class LeaseResource {
    private static final Duration USUAL = Duration.ofSeconds(30);
    /** The container's timeout is not used. The room itself cuts a worker that accepts nothing or sends nothing. */
    private static final Duration LONGEST = Duration.ofDays(7);

    private static final Duration BODY_TIME = Duration.ofSeconds(60);
    private static final int MOST_STATE = 64 * 1024;
    private static final OwnResponse DONE = OwnResponse.empty(204);
    private static final byte[] NOTHING = {};
    /** A number and a secret. A number alone has the form of another token. */
    private static final Pattern TOKEN = Pattern.compile("-?[0-9]{1,19}(?:-[0-9a-f]{32})?");

    private final Matchmaker matchmaker;
    private final Access access;
    private final Json json;

    LeaseResource(Matchmaker matchmaker, Access access, Json json) {
        this.matchmaker = matchmaker;
        this.access = access;
        this.json = json;
    }

    /** A worker asks for a request. */
    void next(Call call) throws IOException {
        access.toWork(call);
        Duration wait = call.wait(USUAL);
        if (call.isHead()) {
            call.answer(DONE);
            return;
        }
        String queue = call.name("queue");
        new PullOrigin(matchmaker, call.hold(LONGEST), json, call.context() + "/workers/" + queue + "/")
                .hold(queue, call.spread(wait));
    }

    void ack(Call call) throws IOException {
        follow(call, Kind.ACK);
    }

    void extend(Call call) throws IOException {
        follow(call, Kind.EXTEND);
    }

    void progress(Call call) throws IOException {
        follow(call, Kind.PROGRESS);
    }

    void release(Call call) throws IOException {
        follow(call, Kind.RELEASE);
    }

    private void follow(Call call, Kind kind) throws IOException {
        access.toWork(call);
        String lease = lease(call);
        String token = token(call);
        HeldResponse response = call.hold(BODY_TIME.plus(matchmaker.options().patience()));
        response.content(MOST_STATE, matchmaker.executor())
                .thenApply(body -> kind == Kind.PROGRESS ? JsonInput.checkedAtAnyDepth(body) : NOTHING)
                .whenComplete((state, error) -> {
                    if (error == null) tell(response, new FollowUp(kind, lease, token, state));
                    else response.answer(json.failed(error, Refusal.class, json::answer));
                });
    }

    private void tell(HeldResponse response, FollowUp said) {
        Scheduled late = matchmaker.clocks().timer().after(matchmaker.options().patience(), () -> matchmaker
                .executor()
                .execute(() -> cannotTell(response)));
        matchmaker.follow(said).whenComplete((counts, error) -> {
            late.cancel();
            if (error != null) cannotTell(response);
            else if (counts) response.answer(DONE);
            else stale(response);
        });
    }

    /** A worker sends the response to a leased request, as the body of this request. */
    void response(Call call) throws IOException {
        access.toWork(call);
        String lease = lease(call);
        String token = token(call);
        RequestHead head = call.head();
        ResponseHead begun = WorkHeaders.response(head);
        if (!Soundness.isSound(head)) throw new Refusal(Problem.of(400, "This request is malformed."));
        new PullAnswer(matchmaker, call.hold(LONGEST), begun, this).start(lease, token, head.hasBody());
    }

    private static String lease(Call call) {
        return call.name("queue") + "/" + call.name("id");
    }

    private static String token(Call call) {
        String token = call.text("token").orElse("");
        if (!TOKEN.matcher(token).matches())
            throw new Refusal(Problem.badValue("token", "the value of Work-Token", token));
        return token;
    }

    /** Answers a worker that does not have the lease, or has it no longer. */
    void stale(HeldResponse response) {
        response.answer(json.answer(Problem.of(
                        409,
                        "This lease has ended: its worker was too late, another has the request, nobody wants it any more, "
                                + "or the head of the response is longer than the server of its client sends.")
                .and("field", "token")
                .and("rule", "that of a lease that goes on")));
    }

    void cannotTell(HeldResponse response) {
        response.answer(json.later(Problem.of(503, "The member whose request it is does not answer; try again.")
                .and("outcome", "unknown")));
    }

    void refuse(HeldResponse response, Refusal refusal) {
        response.answer(json.answer(refusal));
    }
}
