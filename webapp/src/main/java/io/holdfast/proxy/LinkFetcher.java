// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.flow.Collected;
import io.holdfast.flow.Failure;
import io.holdfast.flow.Failure.Kind;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.grip.Instructions;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.RequestHead;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.proxy.backend.Admission;
import io.holdfast.proxy.backend.Backend;
import io.holdfast.proxy.backend.BackendOrigin;
import io.holdfast.proxy.backend.BackendQueues;
import io.holdfast.proxy.backend.Connector;
import io.holdfast.proxy.routes.Route;
import io.holdfast.proxy.routes.RouteTable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.jspecify.annotations.Nullable;

/** Makes requests of its own to continue streams. It contacts only the targets of the routes. */
final class LinkFetcher {
    private static final Logger LOG = System.getLogger(LinkFetcher.class.getName());
    /** The longest response. */
    private static final int MOST = 1_000_000;

    private static final String NOWHERE = "localhost";
    private static final Pattern NOT_OF_A_PATH = Pattern.compile("%(?![0-9A-Fa-f]{2})|[^!$-;=?-Z_a-z~]+");

    private final Supplier<RouteTable> routes;
    private final BackendQueues queues;
    private final Connector connector;
    private final ForwardedHeaders heads;
    private final Instructions grip;

    LinkFetcher(
            Supplier<RouteTable> routes,
            BackendQueues queues,
            Connector connector,
            ForwardedHeaders heads,
            Instructions grip) {
        this.routes = routes;
        this.queues = queues;
        this.connector = connector;
        this.heads = heads;
        this.grip = grip;
    }

    /** The address that a request has asked for, as far as it can be known. */
    static URI place(RequestHead head) {
        String scheme = head.peer().tls() ? "https://" : "http://";
        String path = head.path().startsWith("/") ? escaped(head.path()) : "/";
        try {
            URI place = new URI(scheme + head.header("Host").orElse(NOWHERE) + path);
            if (place.getRawAuthority() != null && place.getRawFragment() == null) return place;
        } catch (URISyntaxException noName) {
            // A route for any host also lets invalid host names pass.
        }
        return URI.create(scheme + NOWHERE + path);
    }

    /** Escapes characters that servers accept although a URI may not contain them. */
    private static String escaped(String path) {
        return NOT_OF_A_PATH
                .matcher(path)
                .replaceAll(found -> URLEncoder.encode(found.group(), StandardCharsets.UTF_8));
    }

    /** Informs that address, on behalf of a request, that the client is gone. */
    void tell(RequestHead original, URI place) {
        send("POST", original, place, Headers.NONE).whenComplete((response, error) -> {
            if (error != null) LOG.log(Level.DEBUG, () -> "A backend was not told that its client is gone: " + error);
        });
    }

    /** Fetches that address on behalf of a request. The stage completes with the whole response. */
    CompletionStage<PassedResponse> fetch(RequestHead original, URI place, Headers more) {
        return send("GET", original, place, more);
    }

    private CompletionStage<PassedResponse> send(String method, RequestHead original, URI place, Headers more) {
        boolean http = "http".equalsIgnoreCase(place.getScheme()) || "https".equalsIgnoreCase(place.getScheme());
        String host = place.getRawAuthority();
        if (!http || host == null) return failed("not a place of HTTP");
        String query = place.getRawQuery(), path = place.getRawPath();
        RequestHead head = new RequestHead(
                method,
                (path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query),
                headers(original, host),
                false,
                method.equals("POST") ? 0 : -1,
                original.peer());
        Optional<Route> route = routes.get().find(host, path, original.peer().tls());
        if (route.isEmpty()) return failed("no route for " + host);
        Fetch fetch = new Fetch(route.get(), head, more);
        queues.enter(route.get(), fetch);
        return fetch.response;
    }

    private static CompletionStage<PassedResponse> failed(String why) {
        return CompletableFuture.failedFuture(new IOException(why));
    }

    private static Headers headers(RequestHead original, String host) {
        return Headers.of("Host", host)
                .and(original.headers().only(LinkFetcher::isTrueOfOthers))
                .with("Accept-Encoding", "identity");
    }

    /** Whether the header is also true of another request. Headers about the original body, or about the client's cache, are not. */
    private static boolean isTrueOfOthers(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return !lower.equals("host")
                && !lower.startsWith("content-")
                && !lower.startsWith("if-")
                && !lower.equals("range");
    }

    private final class Fetch implements Admission.Holder, ResponseSink, Collected.Owner {
        private final Route route;
        private final RequestHead head;
        private final Headers more;
        private final CompletableFuture<PassedResponse> response = new CompletableFuture<>();
        private volatile @Nullable Admission admission;
        private volatile BodySource source = BodySource.NONE;
        private volatile @Nullable ResponseHead begun;

        Fetch(Route route, RequestHead head, Headers more) {
            this.route = route;
            this.head = head;
            this.more = more;
        }

        @Override
        public void onAdmitted(Admission mine, Backend backend) {
            admission = mine;
            if (backend.target.test()) {
                queues.reached(mine);
                queues.left(mine);
                broken(new IOException("the built-in backend has nothing more"));
                return;
            }
            new BackendOrigin(queues, connector, mine, backend, route.limits(), false)
                    .start(() -> request(backend), null, this);
        }

        private BasicHttpRequest request(Backend backend) {
            Headers all = route.grip().off()
                    ? more
                    : more.and(grip.announcement(
                            route.grip().issuer(), route.grip().key()));
            return heads.request(head, route, backend.target, false, all);
        }

        @Override
        public void onRefused(Admission.Why why) {
            broken(new IOException("no backend: " + why));
        }

        @Override
        public BodySink head(ResponseHead first, BodySource body) {
            begun = first;
            source = body;
            return Collected.from(body, MOST, this);
        }

        @Override
        public void fail(Failure why) {
            Admission mine = admission;
            if (mine != null && why.kind() == Kind.DECLINED) queues.missed(mine);
            else {
                if (mine != null) queues.left(mine);
                broken(why);
            }
        }

        @Override
        public void whole(byte[] body) {
            ResponseHead first = begun;
            if (first != null) response.complete(new PassedResponse(first.status(), first.headers(), body));
        }

        @Override
        public BodySink tooLong(byte[] beginning) {
            source.cancel();
            broken(new IOException("too long"));
            return BodySink.DISCARD;
        }

        @Override
        public void broken(Exception why) {
            response.completeExceptionally(why);
        }
    }
}
