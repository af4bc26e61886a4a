// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.flow.Connections;
import io.holdfast.flow.Download;
import io.holdfast.flow.HopByHop;
import io.holdfast.flow.HttpExchange;
import io.holdfast.flow.Intake;
import io.holdfast.flow.Soundness;
import io.holdfast.grip.Held;
import io.holdfast.grip.Instructions;
import io.holdfast.grip.TestBackend;
import io.holdfast.http.Answer;
import io.holdfast.http.Headers;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.HeldStream;
import io.holdfast.http.Refusal;
import io.holdfast.http.Relayed;
import io.holdfast.http.RequestHead;
import io.holdfast.proxy.Turn.Why;
import io.holdfast.time.Timer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way through the proxy: it waits for its turn, is sent to a backend, perhaps to another after that, and its response
 * goes back. One attempt at a time; each has an end, and the last gives the client an answer or a cut connection.
 */
final class Passage implements Turn.Guest, Held {
    private static final Logger LOG = System.getLogger(Passage.class.getName());
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final String FAILED = Instructions.FAILED;
    private static final int RETRY_AFTER_SECONDS = 1;
    private static final int MOST_GATHERED = 64 * 1024;

    private final Proxy proxy;
    private final Route route;
    private final RequestHead head;
    private final boolean opened, upstream;
    private final HeldResponse response;
    private final @Nullable Intake body;
    private final long since;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Turn turn;
    private volatile @Nullable Attempt attempt;
    private volatile Headers more = Headers.NONE;
    private volatile Runnable whenGone = () -> {};

    private final AtomicInteger asked = new AtomicInteger();
    private volatile long askedAt;

    /**
     * One request.
     *
     * @param opened whether its response is opened to scripts of other sites
     */
    Passage(Proxy proxy, Route route, RequestHead head, boolean opened, HeldResponse response, @Nullable Intake body) {
        this.proxy = proxy;
        this.route = route;
        this.head = head;
        this.opened = opened;
        this.upstream = proxy.grip().isFromUpstream(head.headers());
        this.response = response;
        this.body = body;
        this.since = proxy.clocks().ticker().nanos();
    }

    void start() {
        if (over.get()) return;
        turn = proxy.lines().enter(route, this);
        if (over.get()) withdraw();
    }

    /** The client has left: what is on its way for it is broken off. */
    void gone() {
        if (!over.compareAndSet(false, true)) return;
        abort();
        withdraw();
        closeBody();
        whenGone.run();
    }

    private void abort() {
        Attempt going = attempt;
        if (going != null) going.abort();
    }

    /** Nobody waits for whoever does not need it any more. */
    private void withdraw() {
        Turn waiting = turn;
        if (waiting != null) proxy.lines().withdraw(waiting);
    }

    @Override
    public HeldResponse response() {
        return response;
    }

    @Override
    public String prefix() {
        return route.grip().prefix();
    }

    @Override
    public List<String> subscriptions() {
        Attempt last = attempt;
        return last == null ? List.of() : last.backend.target.subs();
    }

    @Override
    public boolean isDebugged() {
        return route.debug();
    }

    @Override
    public boolean isForHead() {
        return head.method().equals("HEAD");
    }

    @Override
    public long askedAt() {
        return askedAt;
    }

    private void asks() {
        askedAt = proxy.clocks().ticker().nanos() / 1_000_000;
        asked.incrementAndGet();
    }

    @Override
    public int asked() {
        return asked.get();
    }

    @Override
    public Headers headers(Headers headers) {
        return opened ? Instructions.openedToOthers(head.headers(), headers) : headers;
    }

    /** Whether instructions of the backend are followed here. */
    private boolean instructs() {
        return !upstream && !route.grip().off();
    }

    private Headers shown(Headers headers) {
        return headers(upstream ? headers : Instructions.withoutGrip(headers));
    }

    @Override
    public URI place() {
        return Fetches.place(head);
    }

    @Override
    public void fetch(URI place, Headers more, Fetched fetched) {
        proxy.fetches().fetch(head, place, more, fetched);
    }

    @Override
    public void tell(URI place) {
        proxy.fetches().tell(head, place);
    }

    @Override
    public void onGone(Runnable listener) {
        whenGone = listener;
        if (over.get()) listener.run();
    }

    @Override
    public void again(Headers headers) {
        if (over.get()) return;
        more = headers;
        whenGone = () -> {};
        if (body == null || body.isRepeatable()) start();
        else fail(502, FAILED);
    }

    @Override
    public void done() {
        finish(() -> {});
    }

    /** Nothing more comes of the request's body. */
    void broken(Exception why) {
        Attempt going = attempt;
        if (why instanceof Intake.TooLongException)
            fail(413, "Body must not exceed " + route.limits().maxBody() + " bytes");
        else if (why instanceof Intake.StalledException) fail(408, "The body did not come.");
        else if (why instanceof Refusal refusal)
            finish(() -> response.answer(proxy.json().answer(refusal)));
        else fail(400, "The body broke off.");
        if (going != null) going.breakOff();
    }

    @Override
    public void served(Turn mine, Backend backend) {
        new Attempt(mine, backend).begin();
    }

    @Override
    public void turnedAway(Why why) {
        switch (why) {
            case FULL -> full("Too many requests wait for this origin; try again.");
            case CLOSED -> full("This proxy is closed; try again.");
            case BUSY -> fail(504, text("All targets are busy" + waited() + "."));
            case UNREACHED -> fail(502, text("Unable to connect to any targets" + waited() + ". Tried: " + targets()));
        }
    }

    private void full(String why) {
        Answer answer = Answer.text(503, why + "\n");
        finish(() -> response.answer(answer.with("Retry-After", Integer.toString(RETRY_AFTER_SECONDS))));
    }

    private String targets() {
        return route.targets().stream().map(Target::address).collect(Collectors.joining(", "));
    }

    /** How long it took, where that is what the client waited for. */
    private String waited() {
        if (route.patience().tryDuration().isZero()) return "";
        Duration waited = Duration.ofNanos(proxy.clocks().ticker().nanos() - since);
        return String.format(Locale.ROOT, " for %.1f s", waited.toMillis() / 1000.0);
    }

    /** The reason is told where the route is for debugging; how long it was waited for, always. */
    private String text(String reason) {
        if (route.debug()) return reason;
        String waited = waited();
        return waited.isEmpty() ? FAILED : FAILED + " It was tried" + waited + ".";
    }

    private void fail(int status, String text) {
        finish(() -> response.answer(Answer.text(status, text + "\n")));
    }

    private void finish(Runnable ending) {
        if (!over.compareAndSet(false, true)) return;
        try {
            ending.run();
        } finally {
            withdraw();
            closeBody();
        }
    }

    private void closeBody() {
        if (body != null) body.close();
    }

    /** One try at one backend. */
    private final class Attempt implements Upstream.Caller, HttpExchange.Listener {
        private final Turn mine;
        private final Backend backend;
        private final AtomicBoolean left = new AtomicBoolean();
        private volatile @Nullable HttpExchange exchange;
        private volatile @Nullable Download download;
        private volatile boolean used;

        Attempt(Turn mine, Backend backend) {
            this.mine = mine;
            this.backend = backend;
        }

        void begin() {
            attempt = this;
            if (over.get()) {
                abort();
                return;
            }
            if (backend.target.test()) {
                answerTest();
                return;
            }
            // What may not be sent twice is not sent on a connection that may be about to close.
            IOSession idle = isSafe() ? backend.takeIdle() : null;
            if (idle == null) connect();
            else {
                used = true;
                connected(idle);
            }
        }

        private void answerTest() {
            Relayed made = TestBackend.answer(route.rewriteForTest(head.path()));
            asks();
            left.set(true);
            proxy.lines().reached(mine);
            proxy.lines().left(mine);
            boolean grip = instructs() && Instructions.areIn(made.headers());
            new ToClient(this, grip, made.status(), made.headers()).whole(made.status(), made.headers(), made.body());
        }

        private void connect() {
            proxy.upstream().connect(backend.target, route.limits().connectTimeout(), this);
        }

        private boolean isSafe() {
            return SAFE.contains(head.method());
        }

        @Override
        public void connected(IOSession session) {
            if (over.get()) abort();
            if (left.get()) {
                session.close(CloseMode.IMMEDIATE);
                return;
            }
            proxy.lines().reached(mine);
            try {
                ask(session);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "A request could not be made", e);
                session.close(CloseMode.IMMEDIATE);
                abort();
                fail(502, FAILED);
            }
        }

        private void ask(IOSession session) {
            asks();
            HttpExchange going = new HttpExchange(
                    session,
                    proxy.heads().request(head, route, backend.target, upstream, announced()),
                    body,
                    head.length(),
                    this);
            exchange = going;
            if (body != null) body.sendBy(going::more);
            Connections.send(session, going, route.limits().timeout());
            if (over.get()) abort();
            // It may have been broken off before there was anything to break.
            if (left.get()) going.abort();
        }

        private Headers announced() {
            if (!instructs()) return more;
            return proxy.grip()
                    .announcement(route.grip().issuer(), route.grip().key())
                    .and(more);
        }

        @Override
        public void unreached(Exception why) {
            if (!left.compareAndSet(false, true)) return;
            if (over.get()) proxy.lines().leftUnreached(mine);
            else {
                proxy.lines().missed(mine);
                if (over.get()) proxy.lines().withdraw(mine);
            }
        }

        /** Ends it, wherever it is, if it has not ended. */
        void abort() {
            HttpExchange going = exchange;
            if (going != null) going.abort();
            if (left.compareAndSet(false, true)) proxy.lines().left(mine);
        }

        /** Ends it, and cuts what the client is being given. */
        void breakOff() {
            abort();
            Download coming = download;
            if (coming != null) coming.failed();
        }

        @Override
        public void head(HttpResponse response, long length) {
            HttpExchange going = exchange;
            if (going == null || over.get()) return;
            proxy.upstream().answers(going.session(), route.limits().timeout());
            Headers headers = HopByHop.without(response);
            if (!Soundness.isSound(headers)) {
                abort();
                fail(502, route.debug() ? "The response has headers that are none." : FAILED);
                return;
            }
            boolean grip = instructs() && Instructions.areIn(headers);
            ToClient client = new ToClient(this, grip, response.getCode(), headers);
            download = grip
                    ? Download.gathered(response.getCode(), headers, Instructions.MOST_BYTES, going::taken, client)
                    : length >= 0 && length <= MOST_GATHERED
                            ? Download.gathered(response.getCode(), headers, MOST_GATHERED, going::taken, client)
                            : Download.streamed(response.getCode(), shown(headers), going::taken, client);
        }

        @Override
        public void piece(ByteBuffer bytes) {
            Download coming = download;
            if (coming != null) coming.piece(bytes);
            else bytes.position(bytes.limit());
        }

        @Override
        public void complete() {
            Download coming = download;
            if (coming != null) coming.complete();
        }

        @Override
        public void released(boolean reusable) {
            HttpExchange going = exchange;
            if (going == null) return;
            boolean first = left.compareAndSet(false, true);
            proxy.upstream().keep(going.session(), backend, reusable && first);
            if (first) proxy.lines().left(mine);
        }

        @Override
        public void failed(Exception why) {
            if (!left.compareAndSet(false, true)) return;
            Download coming = download;
            if (coming != null) {
                proxy.lines().left(mine);
                if (!coming.failed()) fail(502, FAILED);
            } else if (over.get()) proxy.lines().left(mine);
            else if (used && !(why instanceof SocketTimeoutException) && isRepeatable()) anew();
            else if (mayTryAgain(why)) {
                proxy.lines().missed(mine);
                if (over.get()) proxy.lines().withdraw(mine);
            } else {
                proxy.lines().left(mine);
                boolean late = why instanceof SocketTimeoutException;
                fail(late ? 504 : 502, FAILED);
            }
        }

        /** The connection had waited, and was closed when the request came: that says nothing of the backend. */
        private void anew() {
            used = false;
            exchange = null;
            proxy.lines().again(mine);
            left.set(false);
            connect();
        }

        private boolean isRepeatable() {
            return body == null || body.isRepeatable();
        }

        private boolean mayTryAgain(Exception why) {
            boolean harmless = isSafe()
                    || route.patience().unsafe()
                    || head.header("Idempotency-Key").isPresent();
            return harmless
                    && isRepeatable()
                    && !(why instanceof SocketTimeoutException)
                    && proxy.lines().mayTryAgain(mine);
        }
    }

    /** The response, for the client: a short one as a whole. */
    private final class ToClient implements Download.Client {
        private final Attempt from;
        private final boolean grip;
        private final int status;
        private final Headers headers;

        ToClient(Attempt from, boolean grip, int status, Headers headers) {
            this.from = from;
            this.grip = grip;
            this.status = status;
            this.headers = headers;
        }

        @Override
        public void whole(int status, Headers headers, byte[] bytes) {
            if (!grip) give(status, headers, bytes);
            else if (isLong(body)) fail(400, "Request too large to accept GRIP instruct.");
            // What it leads to may take its time.
            else if (!over.get())
                proxy.executor().execute(() -> proxy.grip().take(Passage.this, status, headers, bytes));
        }

        private void give(int status, Headers headers, byte[] bytes) {
            finish(() -> response.answer(new Relayed(status, shown(headers), bytes), stall(), timer()));
        }

        private static boolean isLong(@Nullable Intake request) {
            return request != null && request.length() > Instructions.MOST_BYTES;
        }

        @Override
        public void tooLong() {
            Download coming = from.download;
            Optional<Relayed> beginning =
                    grip && !isLong(body) ? proxy.grip().beginning(Passage.this, status, headers) : Optional.empty();
            if (coming != null && beginning.isPresent()) {
                coming.passOn(beginning.get());
                return;
            }
            from.abort();
            Target target = from.backend.target;
            fail(502, route.debug() ? "GRIP instruct response too large from " + target.address() : FAILED);
        }

        @Override
        public boolean goesOn(HeldStream begun) {
            if (grip) proxy.executor().execute(() -> proxy.grip().goOn(Passage.this, status, headers, begun));
            return grip;
        }

        @Override
        public @Nullable HeldStream stream(Relayed first) {
            Optional<HeldStream> stream = over.get() ? Optional.empty() : response.stream(first);
            if (stream.isEmpty()) gone();
            else stream.get().onGone(Passage.this::gone);
            return stream.orElse(null);
        }

        @Override
        public void over() {
            finish(() -> {});
        }

        @Override
        public void broken() {
            finish(() -> {});
            from.abort();
        }

        @Override
        public Duration stall() {
            return proxy.stall();
        }

        @Override
        public Timer timer() {
            return proxy.clocks().timer();
        }
    }
}
