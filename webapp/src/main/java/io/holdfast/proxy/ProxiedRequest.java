// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.concurrent.ClosingReference;
import io.holdfast.flow.Attempts;
import io.holdfast.flow.ClientResponse;
import io.holdfast.flow.Collected;
import io.holdfast.flow.Failure;
import io.holdfast.flow.Failure.Kind;
import io.holdfast.flow.ReplayableBody;
import io.holdfast.flow.ResponseHead;
import io.holdfast.flow.ResponseSink;
import io.holdfast.flow.Running;
import io.holdfast.flow.Soundness;
import io.holdfast.grip.Instructions;
import io.holdfast.grip.TestBackend;
import io.holdfast.grip.instruct.GripHeaders;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.RequestHead;
import io.holdfast.http.StalledException;
import io.holdfast.http.message.EventSources;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.http.message.Response;
import io.holdfast.proxy.backend.Admission;
import io.holdfast.proxy.backend.Admission.Why;
import io.holdfast.proxy.backend.Backend;
import io.holdfast.proxy.backend.BackendOrigin;
import io.holdfast.proxy.backend.BackendQueues;
import io.holdfast.proxy.routes.Route;
import io.holdfast.proxy.routes.Target;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way through the proxy. It waits until it is admitted to a backend and is sent there, perhaps to another backend
 * after that. Its response then goes back to the client. There is one attempt at a time. The last one gives the client an answer or a
 * cut connection.
 */
final class ProxiedRequest implements Admission.Holder, ClientResponse.Owner {
    private static final Logger LOG = System.getLogger(ProxiedRequest.class.getName());
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    /** These may be repeated, too, without another effect (RFC 9110, 9.2.2). */
    private static final Set<String> IDEMPOTENT = Set.of("PUT", "DELETE");

    private static final String FAILED = Instructions.FAILED;
    private static final int RETRY_AFTER_SECONDS = 1;

    private final Proxy proxy;
    private final Route route;
    private final RequestHead head;
    private final UnaryOperator<Headers> opened;
    private final boolean upstream;
    private final HeldResponse response;
    private final @Nullable ReplayableBody body;
    private final Attempts attempts;
    private final long since;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Admission admission;
    private volatile @Nullable Attempt attempt;
    private volatile @Nullable ClientResponse client;
    private volatile Headers more = Headers.NONE;
    private volatile Runnable whenGone = () -> {};

    private final AtomicInteger asked = new AtomicInteger();
    private volatile long askedAt;

    /**
     * One request.
     *
     * @param opened makes the headers of its response those for the client
     */
    ProxiedRequest(
            Proxy proxy,
            Route route,
            RequestHead head,
            UnaryOperator<Headers> opened,
            HeldResponse response,
            @Nullable ReplayableBody body) {
        this.proxy = proxy;
        this.route = route;
        this.head = head;
        this.opened = opened;
        this.upstream = proxy.grip().isFromUpstream(head.headers());
        this.response = response;
        this.body = body;
        this.attempts = new Attempts(body, mayRepeat() ? Integer.MAX_VALUE : 1, Set.of(Kind.DIED, Kind.MALFORMED));
        this.since = proxy.clocks().ticker().nanos();
    }

    private boolean mayRepeat() {
        return isSafe()
                || IDEMPOTENT.contains(head.method())
                || route.patience().unsafe()
                || head.headers().has("Idempotency-Key");
    }

    private boolean isSafe() {
        return SAFE.contains(head.method());
    }

    void start() {
        if (over.get()) return;
        admission = proxy.queues().enter(route, this);
        // Race: a client that leaves against the line above; whichever comes second sees the other, and
        // withdraws the admission.
        if (over.get()) withdraw();
    }

    /** The client has left: the attempt that is on its way is cut. */
    void gone() {
        if (!over.compareAndSet(false, true)) return;
        Attempt going = attempt;
        if (going != null) going.running.close();
        withdraw();
        closeBody();
        whenGone.run();
    }

    private void withdraw() {
        Admission waiting = admission;
        if (waiting != null) proxy.queues().withdraw(waiting);
    }

    /** The response for the client. */
    HeldResponse response() {
        return response;
    }

    /** The head of the client's request. */
    RequestHead head() {
        return head;
    }

    /** Its route. */
    Route route() {
        return route;
    }

    /** Whether more than this many bytes of its body have come. */
    boolean isLongerThan(int bytes) {
        return body != null && body.length() > bytes;
    }

    /** Whether it has ended. */
    boolean isOver() {
        return over.get();
    }

    /** The time when a backend was last asked, in milliseconds of the ticker. */
    long askedAt() {
        return askedAt;
    }

    /** The number of times that a backend was asked. */
    int asked() {
        return asked.get();
    }

    /** The headers for the client. */
    Headers opened(Headers headers) {
        return opened.apply(headers);
    }

    private void asks() {
        askedAt = proxy.clocks().ticker().nanos() / 1_000_000;
        asked.incrementAndGet();
    }

    /** Whether this proxy follows the instructions of the backend. */
    private boolean instructs() {
        return !upstream && !route.grip().off();
    }

    private Headers shown(Headers headers) {
        return opened(upstream ? headers : GripHeaders.without(headers));
    }

    /** Sets the task that runs when the client is gone. It replaces an earlier task. */
    void onGone(Runnable listener) {
        whenGone = listener;
        if (over.get()) listener.run();
    }

    /** Asks a backend once more, with these additional headers. */
    void askAgain(Headers headers) {
        if (over.get()) return;
        more = headers;
        whenGone = () -> {};
        if (attempts.isRepeatable()) start();
        else fail(502, FAILED);
    }

    /** Ends the request after it was answered in another way. Its body is not needed any more. */
    void done() {
        finish(() -> {});
    }

    /** The body of the request has broken off. */
    void broken(Exception why) {
        Attempt going = attempt;
        if (why instanceof ReplayableBody.TooLongException)
            fail(413, "Body must not exceed " + route.limits().maxBody() + " bytes");
        else if (why instanceof StalledException) fail(408, String.valueOf(why.getMessage()));
        else if (why instanceof Refusal refusal)
            finish(() -> response.answer(proxy.json().answer(withOutcome(refusal))));
        else finish(() -> response.answer(proxy.json().answer(Problem.brokenBody())));
        if (going != null) going.running.close();
        ClientResponse coming = client;
        if (coming != null) coming.fail(why);
    }

    private Refusal withOutcome(Refusal refusal) {
        if (refusal.problem().status() < 500) return refusal;
        return refusal.and("outcome", ProxyFailure.outcome(mayHaveBegun()));
    }

    @Override
    public void onAdmitted(Admission mine, Backend backend) {
        new Attempt(mine, backend).begin();
    }

    @Override
    public void onRefused(Why why) {
        switch (why) {
            case FULL -> full("Too many requests wait for this origin; try again.");
            case CLOSED -> full("This proxy is closed; try again.");
            case BUSY -> fail(504, text("All targets are busy" + waited() + "."));
            case UNREACHED -> fail(502, text("Unable to connect to any targets" + waited() + ". Tried: " + targets()));
        }
    }

    private void full(String why) {
        OwnResponse answer = failure(503, why).with("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
        finish(() -> response.answer(EventSources.shown(answer, head.method(), head.headers())));
    }

    private String targets() {
        return route.targets().stream().map(Target::address).collect(Collectors.joining(", "));
    }

    /** The time that the request has waited, as text; empty if the route does not let requests wait. */
    private String waited() {
        if (route.patience().tryDuration().isZero()) return "";
        Duration waited = Duration.ofNanos(proxy.clocks().ticker().nanos() - since);
        return String.format(Locale.ROOT, " for %.1f s", waited.toMillis() / 1000.0);
    }

    /** The text for the client. It has the reason only if the route allows debugging, but always has the time waited. */
    private String text(String reason) {
        if (route.debug()) return reason;
        String waited = waited();
        return waited.isEmpty() ? FAILED : FAILED + " It was tried" + waited + ".";
    }

    /** Ends the request with this answer. */
    void fail(int status, String text) {
        finish(() -> response.answer(failure(status, text)));
    }

    /** The answer that says why there is no response. */
    OwnResponse failure(int status, String text) {
        return ProxyFailure.answer(proxy.json(), head, status, text, mayHaveBegun());
    }

    /** Whether a backend was asked: it may have performed the request, whatever ends it. */
    private boolean mayHaveBegun() {
        return asked.get() > 0;
    }

    /** Ends the request by this task, unless it has ended before. */
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

    @Override
    public Response answerTo(Exception why) {
        return failure(502, FAILED);
    }

    @Override
    public void onBroken() {
        gone();
    }

    /**
     * Begins to deliver a response to the client, and returns the sink for its body.
     *
     * @param endsWithIt whether the request ends with the body
     */
    BodySink deliver(ClientResponse to, boolean endsWithIt) {
        client = to;
        return new Finishing(to, endsWithIt);
    }

    /** An attempt at one backend. */
    private final class Attempt implements ResponseSink {
        private final Admission mine;
        private final Backend backend;
        private final ClosingReference<Running> running = new ClosingReference<>(Running::cancel);

        Attempt(Admission mine, Backend backend) {
            this.mine = mine;
            this.backend = backend;
        }

        void begin() {
            attempt = this;
            BackendQueues queues = proxy.queues();
            if (over.get()) queues.left(mine);
            else if (backend.target.test()) answerTest();
            else {
                attempts.begin();
                running.set(new BackendOrigin(queues, proxy.connector(), mine, backend, route.limits(), isSafe())
                        .start(this::request, body, this));
                // Race: a client that leaves against the start of this attempt; whichever comes second sees the other,
                // and closes
                // the attempt.
                if (over.get()) running.close();
            }
        }

        private void answerTest() {
            PassedResponse made = TestBackend.answer(route.rewriteForTest(head.path()));
            asks();
            proxy.queues().reached(mine);
            proxy.queues().left(mine);
            ResponseHead first = new ResponseHead(made.status(), made.headers(), made.body().length);
            BodySink to = head(first, BodySource.NONE);
            to.piece(ByteBuffer.wrap(made.body()));
            to.end();
        }

        private BasicHttpRequest request() {
            try {
                asks();
                return proxy.heads().request(head, route, backend.target, upstream, announced());
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "A request could not be made", e);
                ProxiedRequest.this.fail(502, FAILED);
                throw e;
            }
        }

        private Headers announced() {
            if (!instructs()) return more;
            return proxy.grip()
                    .announcement(route.grip().issuer(), route.grip().key())
                    .and(more);
        }

        @Override
        public BodySink head(ResponseHead begun, BodySource source) {
            if (over.get()) {
                source.cancel();
                return BodySink.DISCARD;
            }
            if (!Soundness.isSound(begun.headers())) {
                source.cancel();
                ProxiedRequest.this.fail(502, route.debug() ? "The response has malformed headers." : FAILED);
                return BodySink.DISCARD;
            }
            if (instructs() && GripHeaders.areInstruction(begun.headers()))
                return Collected.from(
                        source,
                        Instructions.MOST_BYTES,
                        new GripGate(proxy, ProxiedRequest.this, backend.target, begun, source));
            ResponseHead shown = new ResponseHead(begun.status(), shown(begun.headers()), begun.length());
            return deliver(ClientResponse.begin(response, shown, source, proxy.stall(), ProxiedRequest.this), true);
        }

        @Override
        public void fail(Failure why) {
            BackendQueues queues = proxy.queues();
            boolean unreached = why.kind() == Kind.DECLINED;
            boolean retried = attempts.mayRetry(why) && (unreached || queues.mayTryAgain(mine));
            if (!over.get() && retried) {
                queues.missed(mine);
                // Race: a client that leaves against the line above; whichever comes second sees the other, and
                // withdraws the admission.
                if (over.get()) queues.withdraw(mine);
                return;
            }
            if (unreached) queues.leftUnreached(mine);
            else queues.left(mine);
            ProxiedRequest.this.fail(why.kind() == Kind.SILENT ? 504 : 502, FAILED);
        }
    }

    /**
     * Ends the request when its response ends. It does so before the server completes the response, because that must not be taken for a
     * client that leaves.
     */
    private final class Finishing implements BodySink {
        private final ClientResponse to;
        private final boolean endsWithIt;

        Finishing(ClientResponse to, boolean endsWithIt) {
            this.to = to;
            this.endsWithIt = endsWithIt;
        }

        @Override
        public void piece(ByteBuffer bytes) {
            to.piece(bytes);
        }

        @Override
        public void end() {
            if (endsWithIt) finish(to::end);
            else to.end();
        }

        @Override
        public void fail(Exception why) {
            finish(() -> to.fail(why));
        }
    }
}
