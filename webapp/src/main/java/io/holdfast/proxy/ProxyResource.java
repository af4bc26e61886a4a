// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.flow.ReplayableBody;
import io.holdfast.flow.Soundness;
import io.holdfast.flow.Upgrades;
import io.holdfast.grip.instruct.GripHeaders;
import io.holdfast.http.Call;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.RequestHead;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.proxy.routes.Route;
import io.holdfast.proxy.routes.RouteTable;
import io.holdfast.proxy.script.Cors;
import io.holdfast.proxy.script.Jsonp;
import io.holdfast.proxy.script.JsonpException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Passes requests for all other paths on to the backends of their routes. */
final class ProxyResource {
    /** The container's timeout is not used. The proxy itself cuts a client that accepts nothing and a backend that sends nothing. */
    private static final Duration LONGEST = Duration.ofDays(7);

    private static final OwnResponse FORGED = OwnResponse.text(
                    403, "Client not allowed to send WebSocket events directly.\n")
            .with("Connection", "close");

    private final Supplier<RouteTable> routes;
    private final Proxy proxy;

    ProxyResource(Supplier<RouteTable> routes, Proxy proxy) {
        this.routes = routes;
        this.proxy = proxy;
    }

    void serve(Call call) throws IOException {
        RequestHead head = call.head();
        if (!Soundness.isSound(head)) {
            // The next bytes on this connection may be part of the malformed request, so the connection is closed.
            call.answer(OwnResponse.text(400, "This request is malformed.\n").with("Connection", "close"));
            return;
        }
        String host = head.header("Host").orElse("");
        RouteTable table = routes.get();
        Optional<Route> route = table.find(host, path(head), head.peer().tls());
        if (route.isEmpty())
            call.answer(
                    ProxyFailure.answer(proxy.json(), head, 502, "No route for host: " + Problem.shown(host), false));
        else if (proxy.heads().isLoop(head)) call.answer(OwnResponse.text(508, "This request has been here before.\n"));
        else {
            Upgrades.refuse(head);
            if (table.isAmbiguous(host, path(head), head.peer().tls())) throw ambiguous(head);
            if (route.get().autoCrossOrigin() && !head.hasBody()) passForScript(call, head, route.get());
            else pass(call, head, route.get());
        }
    }

    /** Whether this request would be taken for the events of a WebSocket, which a backend believes to come from its proxy. */
    private boolean areForged(RequestHead head, Route route) {
        return !route.grip().off()
                && GripHeaders.areEvents(head.headers())
                && !proxy.grip().isFromUpstream(head.headers());
    }

    private static Refusal ambiguous(RequestHead head) {
        String rule =
                "without the segments . and .., and without parameters, encodings or doubled slashes that hide its route";
        return new Refusal(Problem.badValue("path", rule, path(head)), Headers.of("Connection", "close"));
    }

    private static String path(RequestHead head) {
        return head.path().split("\\?", 2)[0];
    }

    /** Passes a request on that may be a JSONP request. */
    private void passForScript(Call call, RequestHead head, Route route) throws IOException {
        Optional<Jsonp.Asked> asked;
        try {
            asked = Jsonp.asked(head.method(), head.path(), head.headers(), route.jsonp());
        } catch (JsonpException e) {
            OwnResponse refusal = OwnResponse.text(400, e.getMessage() + "\n");
            for (Header header : Cors.added(head.headers(), Headers.NONE))
                refusal = refusal.with(header.name(), header.value());
            call.answer(refusal);
            return;
        }
        if (asked.isPresent()) pass(call, head, route, asked.get());
        else pass(call, head, route);
    }

    private void pass(Call call, RequestHead head, Route route, Jsonp.Asked asked) throws IOException {
        byte[] bytes = asked.body();
        boolean hasBody = bytes.length > 0;
        RequestHead meant = new RequestHead(
                asked.method(),
                asked.target(),
                // The response is put into a script, so it may not be compressed.
                asked.headers().with("Accept-Encoding", "identity"),
                hasBody,
                hasBody || !asked.method().equals("GET") ? bytes.length : -1,
                head.peer());
        if (areForged(meant, route)) {
            call.answer(FORGED);
            return;
        }
        HeldResponse response = call.hold(LONGEST);
        response.filter(asked.jsonp().recoding());
        ReplayableBody body = hasBody ? ReplayableBody.of(bytes) : null;
        PublicPaths paths = new PublicPaths(call.context(), route, head);
        ProxiedRequest request = new ProxiedRequest(proxy, route, meant, paths::shown, response, body);
        response.onGone(request::gone);
        request.start();
    }

    private void pass(Call call, RequestHead head, Route route) throws IOException {
        if (areForged(head, route)) {
            call.answer(FORGED);
            return;
        }
        long longest =
                route.limits().maxBody() == 0 ? Long.MAX_VALUE : route.limits().maxBody();
        if (head.length() > longest) {
            call.answer(OwnResponse.text(413, "Body must not exceed " + longest + " bytes\n")
                    .with("Connection", "close"));
            return;
        }
        HeldResponse response = call.hold(LONGEST);
        ReplayableBody body =
                head.hasBody() ? new ReplayableBody(route.patience().bodyBuffer(), longest) : null;
        PublicPaths paths = new PublicPaths(call.context(), route, head);
        UnaryOperator<Headers> opened =
                route.autoCrossOrigin() ? headers -> Cors.added(head.headers(), paths.shown(headers)) : paths::shown;
        ProxiedRequest request = new ProxiedRequest(proxy, route, head, opened, response, body);
        response.onGone(request::gone);
        if (body != null) body.receive(response, proxy.stall(), request::broken);
        request.start();
    }
}
