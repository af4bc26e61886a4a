// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.flow.Connections;
import io.holdfast.flow.HopByHop;
import io.holdfast.flow.HttpExchange;
import io.holdfast.grip.Held.Fetched;
import io.holdfast.grip.Instructions;
import io.holdfast.http.Headers;
import io.holdfast.http.RequestHead;
import java.io.ByteArrayOutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.jspecify.annotations.Nullable;

/** Requests of our own, for the continuation of streams: by the routes there are, and to nobody else. */
final class Fetches {
    private static final Logger LOG = System.getLogger(Fetches.class.getName());
    /** The longest response. */
    private static final int MOST = 1_000_000;

    private static final String NOWHERE = "localhost";
    private static final Pattern NOT_OF_A_PATH = Pattern.compile("%(?![0-9A-Fa-f]{2})|[^!$-;=?-Z_a-z~]+");

    private final Supplier<RouteTable> routes;
    private final Lines lines;
    private final Upstream upstream;
    private final Heads heads;
    private final Instructions grip;

    Fetches(Supplier<RouteTable> routes, Lines lines, Upstream upstream, Heads heads, Instructions grip) {
        this.routes = routes;
        this.lines = lines;
        this.upstream = upstream;
        this.heads = heads;
        this.grip = grip;
    }

    /** Where a request has asked, as far as that can be said. */
    static URI place(RequestHead head) {
        String scheme = head.tls() ? "https://" : "http://";
        String path = head.path().startsWith("/") ? escaped(head.path()) : "/";
        try {
            URI place = new URI(scheme + head.header("Host").orElse(NOWHERE) + path);
            if (place.getRawAuthority() != null && place.getRawFragment() == null) return place;
        } catch (URISyntaxException noName) {
            // Not every name that a route for any host lets pass is one.
        }
        return URI.create(scheme + NOWHERE + path);
    }

    /** What a URI may not have as it is, and servers let pass. */
    private static String escaped(String path) {
        return NOT_OF_A_PATH
                .matcher(path)
                .replaceAll(found -> URLEncoder.encode(found.group(), StandardCharsets.UTF_8));
    }

    /** Tells a place, on behalf of a request, of its end. */
    void tell(RequestHead original, URI place) {
        send("POST", original, place, Headers.NONE, new Fetched() {
            @Override
            public void response(int status, Headers headers, byte[] body) {
                // Nobody is there to whom it would be something.
            }

            @Override
            public void failed(String why) {
                LOG.log(Level.DEBUG, () -> "A backend was not told that its client is gone: " + why);
            }
        });
    }

    /** Asks for a place, on behalf of a request. */
    void fetch(RequestHead original, URI place, Headers more, Fetched fetched) {
        send("GET", original, place, more, fetched);
    }

    private void send(String method, RequestHead original, URI place, Headers more, Fetched fetched) {
        boolean http = "http".equalsIgnoreCase(place.getScheme()) || "https".equalsIgnoreCase(place.getScheme());
        String host = place.getRawAuthority();
        if (!http || host == null) {
            fetched.failed("not a place of HTTP");
            return;
        }
        String query = place.getRawQuery(), path = place.getRawPath();
        RequestHead head = new RequestHead(
                method,
                (path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query),
                headers(original, host),
                false,
                method.equals("POST") ? 0 : -1,
                original.tls(),
                original.address());
        Optional<Route> route = routes.get().find(host, path, original.tls());
        if (route.isEmpty()) fetched.failed("no route for " + host);
        else new Fetch(route.get(), head, more, fetched).start();
    }

    private static Headers headers(RequestHead original, String host) {
        return Headers.of("Host", host).and(original.headers().only(Fetches::isTrueOfOthers));
    }

    /** What is said of the body, and of what the client has already, is not true of this one. */
    private static boolean isTrueOfOthers(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return !lower.equals("host")
                && !lower.startsWith("content-")
                && !lower.startsWith("if-")
                && !lower.equals("range");
    }

    private final class Fetch implements Turn.Guest, Upstream.Caller, HttpExchange.Listener {
        private final Route route;
        private final RequestHead head;
        private final Headers more;
        private final Fetched fetched;
        private final AtomicBoolean told = new AtomicBoolean(), left = new AtomicBoolean();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream(); // of the connection's thread
        private volatile @Nullable Turn turn;
        private volatile @Nullable Backend backend;
        private volatile @Nullable HttpExchange exchange;
        private volatile @Nullable HttpResponse response;

        Fetch(Route route, RequestHead head, Headers more, Fetched fetched) {
            this.route = route;
            this.head = head;
            this.more = more;
            this.fetched = fetched;
        }

        void start() {
            lines.enter(route, this);
        }

        @Override
        public void served(Turn mine, Backend serving) {
            turn = mine;
            backend = serving;
            left.set(false);
            if (serving.target.test()) {
                reached();
                leave();
                fail("the built-in backend has nothing more");
            } else upstream.connect(serving.target, route.limits().connectTimeout(), this);
        }

        private void reached() {
            Turn mine = turn;
            if (mine != null) lines.reached(mine);
        }

        private void leave() {
            Turn mine = turn;
            if (mine != null && left.compareAndSet(false, true)) lines.left(mine);
        }

        @Override
        public void turnedAway(Turn.Why why) {
            fail("no backend: " + why);
        }

        @Override
        public void connected(IOSession session) {
            reached();
            try {
                ask(session);
            } catch (RuntimeException e) {
                session.close(CloseMode.IMMEDIATE);
                leave();
                fail(String.valueOf(e));
            }
        }

        private void ask(IOSession session) {
            Backend serving = Objects.requireNonNull(backend);
            Headers all = route.grip().off()
                    ? more
                    : more.and(grip.announcement(
                            route.grip().issuer(), route.grip().key()));
            HttpExchange going =
                    new HttpExchange(session, heads.request(head, route, serving.target, false, all), null, -1, this);
            exchange = going;
            Connections.send(session, going, route.limits().timeout());
        }

        @Override
        public void unreached(Exception why) {
            Turn mine = turn;
            if (mine != null && left.compareAndSet(false, true)) lines.missed(mine);
        }

        @Override
        public void head(HttpResponse begun, long length) {
            response = begun;
        }

        @Override
        public void piece(ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            body.writeBytes(copy);
            HttpExchange going = exchange;
            if (going == null) return;
            going.taken(copy.length);
            if (body.size() <= MOST) return;
            going.abort();
            leave();
            fail("too long");
        }

        @Override
        public void complete() {
            HttpResponse whole = response;
            if (whole != null && told.compareAndSet(false, true))
                fetched.response(whole.getCode(), HopByHop.without(whole), body.toByteArray());
        }

        @Override
        public void released(boolean reusable) {
            HttpExchange going = exchange;
            Backend serving = backend;
            if (going != null && serving != null) upstream.keep(going.session(), serving, reusable);
            leave();
        }

        @Override
        public void failed(Exception why) {
            leave();
            fail(String.valueOf(why));
        }

        private void fail(String why) {
            if (told.compareAndSet(false, true)) fetched.failed(why);
        }
    }
}
