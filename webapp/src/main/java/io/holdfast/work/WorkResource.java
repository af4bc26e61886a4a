// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.access.Access;
import io.holdfast.flow.HopByHop;
import io.holdfast.flow.ReplayableBody;
import io.holdfast.flow.Soundness;
import io.holdfast.flow.Upgrades;
import io.holdfast.http.Call;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.RequestHead;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.work.relay.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The interface for clients: every request below {@code /work/{queue}/}. */
final class WorkResource {
    /** The container's timeout is not used. The room itself cuts a client that accepts nothing and a worker that sends nothing. */
    private static final Duration LONGEST = Duration.ofDays(7);

    private static final String REQUEST_ID = "X-Request-Id", KEY = "Idempotency-Key";
    /** Headers that are set again for the worker, or were only for this member; in lower case. */
    private static final Set<String> OURS =
            Set.of("content-length", "expect", "x-request-id", "prefer", "work-repeated");

    /** The methods by which a page of another site may ask, as it may ask any other server. */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private static final int USUAL = 3;
    /** RFC 9218, 4.1: the urgency, from 0 to 7. */
    private static final Pattern URGENCY = Pattern.compile("(?:^|[,;\\s])u\\s*=\\s*([^,;\\s]*)");

    private final Matchmaker matchmaker;
    private final Access access;
    private final AsyncRequests async;
    private final Json json;

    WorkResource(Matchmaker matchmaker, Access access, AsyncRequests async, Json json) {
        this.matchmaker = matchmaker;
        this.access = access;
        this.async = async;
        this.json = json;
    }

    void serve(Call call) throws IOException {
        RequestHead head = call.head();
        if (!SAFE.contains(head.method())) call.checkOrigin();
        if (!Soundness.isSound(head)) {
            call.answer(
                    json.answer(Problem.of(400, "This request is malformed.")).with("Connection", "close"));
            return;
        }
        Upgrades.refuse(head);
        Order order = order(call.name("queue"), head);
        if (call.prefersAsync()) {
            async.accept(call, order);
            return;
        }
        access.favourWorker(call);
        Duration wait = call.preferredWait(matchmaker.options().hold());
        HeldResponse response = call.hold(LONGEST);
        ReplayableBody body =
                head.hasBody() ? new ReplayableBody(matchmaker.options().buffer(), Long.MAX_VALUE) : null;
        WaitingClient client = new WaitingClient(matchmaker, response, head, call.isFavoured(), json);
        boolean hasKey = head.header(KEY).filter(key -> !key.isBlank()).isPresent();
        int most = order.mayRepeat(hasKey) ? matchmaker.options().attempts() : 1;
        QueuedRequest request = new QueuedRequest(matchmaker, order, body, most, call.spread(wait), client);
        response.onGone(request::abandon);
        client.onBroken(request::cancel);
        if (body != null)
            body.receive(response, matchmaker.stall(), why -> {
                request.cancel();
                client.refuse(why);
            });
        request.start();
    }

    private Order order(String queue, RequestHead head) {
        String id = matchmaker.newId();
        return new Order(
                id,
                queue,
                head.method(),
                beneath(head.path()),
                headers(head, id),
                head.hasBody(),
                head.length(),
                urgency(head));
    }

    /** The path without {@code /work/{queue}}. */
    private static String beneath(String path) {
        int from = path.indexOf('/', path.indexOf('/', 1) + 1), query = path.indexOf('?');
        if (from < 0 || (query >= 0 && query < from)) return "/" + (query < 0 ? "" : path.substring(query));
        return path.substring(from);
    }

    private static Headers headers(RequestHead head, String id) {
        return head.forwarded()
                .without(HopByHop.names(head.headers().all("Connection")))
                .without(OURS)
                .only(name -> !Header.imitates(name, OURS::contains))
                .and(REQUEST_ID, head.header(REQUEST_ID).orElse(id));
    }

    private static int urgency(RequestHead head) {
        Optional<String> header = head.header("Priority");
        if (header.isEmpty()) return USUAL;
        Matcher matcher = URGENCY.matcher(header.get());
        if (!matcher.find()) return USUAL;
        if (!matcher.group(1).matches("[0-7]"))
            throw new Refusal(Problem.badValue("Priority", "u=0, the most urgent, to u=7", header.get()));
        return Integer.parseInt(matcher.group(1));
    }
}
