// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.exchange.Intake;
import io.holdfast.exchange.Soundness;
import io.holdfast.http.Answer;
import io.holdfast.http.Call;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.Problem;
import io.holdfast.http.RequestHead;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Whatever has no path of our own, passed on to the backend of its route. */
final class ProxyResource {
    /** No response is looked after by the container: a client that takes nothing is cut, and so is a backend that says nothing. */
    private static final Duration LONGEST = Duration.ofDays(7);

    private final Supplier<RouteTable> routes;
    private final Proxy proxy;

    ProxyResource(Supplier<RouteTable> routes, Proxy proxy) {
        this.routes = routes;
        this.proxy = proxy;
    }

    void serve(Call call) throws IOException {
        RequestHead head = call.head();
        if (!Soundness.isSound(head)) {
            // What follows it on the connection may not be what it seems.
            call.answer(Answer.text(400, "This request is malformed.\n").with("Connection", "close"));
            return;
        }
        String host = head.header("Host").orElse("");
        Optional<Route> route = routes.get().find(host, path(head), head.tls());
        if (route.isEmpty()) call.answer(Answer.text(502, "No route for host: " + Problem.shown(host) + "\n"));
        else if (proxy.heads().isLoop(head)) call.answer(Answer.text(508, "This request has been here before.\n"));
        else pass(call, head, route.get());
    }

    private static String path(RequestHead head) {
        return head.path().split("\\?", 2)[0];
    }

    private void pass(Call call, RequestHead head, Route route) throws IOException {
        long longest =
                route.limits().maxBody() == 0 ? Long.MAX_VALUE : route.limits().maxBody();
        if (head.length() > longest) {
            call.answer(Answer.text(413, "Body must not exceed " + longest + " bytes\n")
                    .with("Connection", "close"));
            return;
        }
        HeldResponse response = call.hold(LONGEST);
        Intake body = head.hasBody() ? new Intake(route.patience().bodyBuffer(), longest) : null;
        Passage passage = new Passage(proxy, route, head, response, body);
        response.onGone(passage::gone);
        if (body != null)
            body.from(response.upload(body), proxy.stall(), proxy.clocks().timer(), passage::broken);
        passage.start();
    }
}
