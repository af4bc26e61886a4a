// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Follows channels: asks, gives the listener what comes, and asks again, at once or after a pause. A follower without a cursor begins
 * with a request that is not held, whose only purpose is the cursor: from then on nothing is missed, whatever breaks.
 */
final class Follower {
    static final String EARLIEST = "earliest";

    private static final System.Logger LOG = System.getLogger(Follower.class.getName());
    private static final Pattern FITS_A_HEADER = Pattern.compile("[\\x21-\\x7e]+");
    /** An answer that brings nothing sooner than this was not held: the member drains, or something is between that caches. */
    private static final Duration TOO_SOON = Duration.ofSeconds(1);

    private static final Duration LONGEST_RETRY = Duration.ofSeconds(60);
    private static final int FEWER = 4;

    private final Plan plan;
    private final Addresses addresses;
    private final Connection connection;
    private final Listener listener;
    private final Delivery delivery;
    private final Retries asking;
    private final Retries giving;
    private final Serial turns = new Serial(this::run, this::broken);
    private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    private volatile boolean stopping;

    private boolean over;
    private @Nullable Exchange exchange;
    private Timer.Scheduled pause = () -> {};
    private int answers;
    private long given;
    private long askedAt;
    private Duration retry = Duration.ZERO;

    Follower(Plan plan, Addresses addresses, Connection connection, Listener listener) {
        this.plan = plan;
        this.addresses = addresses;
        this.connection = connection;
        this.listener = listener;
        this.delivery = new Delivery(listener, plan.channels().size() == 1, plan.after());
        this.asking = new Retries(connection.surroundings(), plan.patience());
        this.giving = new Retries(connection.surroundings(), null);
        this.answers = plan.answers();
    }

    private void run(Runnable turn) {
        connection.pool().execute(turn);
    }

    private void broken(Throwable error) {
        turns.execute(() -> finish(error));
    }

    void begin() {
        turns.execute(this::ask);
    }

    /** Ends it after the call of the listener that is running, if one is. */
    void stop() {
        stopping = true;
        turns.execute(() -> finish(null));
    }

    Optional<String> cursor() {
        return delivery.cursor();
    }

    CompletionStage<@Nullable Void> done() {
        return done.minimalCompletionStage();
    }

    private void ask() {
        if (over || stopping) return;
        askedAt = connection.surroundings().ticker().nanos();
        String cursor = delivery.cursor().orElse(null);
        if (cursor == null) poll(null, Duration.ZERO);
        else if (plan.by() == By.SSE) stream(cursor);
        else poll(cursor, plan.hold());
    }

    private void poll(@Nullable String cursor, Duration hold) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (cursor != null) parameters.put("after", cursor);
        parameters.put("limit", Integer.toString(answers));
        parameters.put("wait", Long.toString(hold.toSeconds()));
        HttpRequest.Builder request = connection
                .request(addresses.events(plan.channels(), parameters))
                .header("Accept", "application/json");
        Gather reader = new Gather(plan.longest(), (head, body) -> polled(cursor, head, body), this::failed);
        send(request, hold.plus(Connection.GRACE), reader);
    }

    private void stream(String cursor) {
        boolean inHeader =
                !cursor.equals(EARLIEST) && FITS_A_HEADER.matcher(cursor).matches();
        URI uri = addresses.events(plan.channels(), inHeader ? Map.of() : Map.of("after", cursor));
        HttpRequest.Builder request = connection.request(uri).header("Accept", "text/event-stream");
        if (inHeader) request.header("Last-Event-ID", cursor);
        send(request, plan.silence(), new Stream());
    }

    private void send(HttpRequest.Builder request, Duration patience, Exchange.Reader reader) {
        Exchange begun = connection.exchange(turns, patience, reader);
        exchange = begun;
        begun.begin(request.build());
    }

    private void polled(@Nullable String asked, Head head, byte[] body) {
        try {
            if (head.status() == 200) delivery.page(Wire.page(body), () -> stopping);
            else if (head.status() == 204 || head.status() == 304) nothingNew(asked, head);
            else {
                unsuccessful(head, body);
                return;
            }
        } catch (Unreadable e) {
            trouble(Phrase.of(e), Duration.ZERO);
            return;
        } catch (Delivery.NotTaken e) {
            notTaken(e);
            return;
        }
        asking.succeeded();
        taken();
        askAgain(asked);
    }

    private void nothingNew(@Nullable String asked, Head head) throws Unreadable, Delivery.NotTaken {
        Optional<String> cursor = head.etag();
        if (cursor.isPresent()) delivery.moveTo(cursor.get());
        else if (asked == null) throw new Unreadable("The answer has no cursor: there is no ETag.");
    }

    private void askAgain(@Nullable String asked) {
        Duration took = Duration.ofNanos(connection.surroundings().ticker().nanos() - askedAt);
        boolean moved = !delivery.cursor().equals(Optional.ofNullable(asked));
        if (moved || took.compareTo(TOO_SOON) >= 0) {
            ask();
            return;
        }
        addresses.next();
        askAfter(asking.breath());
    }

    private void unsuccessful(Head head, byte[] body) {
        if (head.isRefusal()) finish(new RefusedException(head.status(), Phrase.of(head, body)));
        else
            trouble(
                    Phrase.of(head, body),
                    head.retryAfter(connection.surroundings().wall().instant()));
    }

    private void failed(Exception cause) {
        if (cause instanceof RefusedException) finish(cause);
        else if (cause instanceof TooLongException && answers == 1) finish(new RefusedException(0, Phrase.of(cause)));
        else {
            if (cause instanceof TooLongException) answers = Math.max(1, answers / FEWER);
            trouble(Phrase.of(cause), Duration.ZERO);
        }
    }

    private void trouble(String what, Duration atLeast) {
        URI at = addresses.current();
        addresses.next();
        Optional<Duration> next = asking.failed(atLeast);
        if (next.isEmpty()) finish(new GaveUpException(at + ": " + what));
        else {
            tell(new Trouble(at, what, asking.failures(), next.get()));
            askAfter(next.get());
        }
    }

    /** Notes that what was given since the last pause was taken. */
    private void taken() {
        giving.succeeded();
        given = delivery.count();
    }

    private void notTaken(Delivery.NotTaken failure) {
        if (exchange != null) exchange.abandon();
        if (delivery.count() != given) taken();
        Duration next = giving.failed(Duration.ZERO).orElseThrow();
        String what = "The listener failed: " + Printable.cut(String.valueOf(failure.getCause()));
        tell(new Trouble(addresses.current(), what, giving.failures(), next));
        askAfter(next);
    }

    private void tell(Trouble trouble) {
        try {
            listener.trouble(trouble);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "The listener failed when told of " + trouble, e);
        }
    }

    private void askAfter(Duration time) {
        pause = connection.surroundings().timer().after(time, () -> turns.execute(this::ask));
    }

    private void finish(@Nullable Throwable error) {
        if (over) return;
        over = true;
        pause.cancel();
        if (exchange != null) exchange.abandon();
        if (error == null) done.complete(null);
        else done.completeExceptionally(error);
    }

    /** Reads a stream. */
    private final class Stream implements Exchange.Reader {
        private final SseParser parser = new SseParser(plan.longest());
        private @Nullable Gather explanation;

        @Override
        public void began(Head head) {
            if (head.status() == 204) finish(null);
            else if (head.status() != 200) {
                explanation = new Gather(plan.longest(), Follower.this::unsuccessful, Follower.this::failed);
                explanation.began(head);
            } else if (!head.mediaType().equals("text/event-stream"))
                cut("The answer is no stream of events, but " + Printable.cut(head.mediaType()) + ".");
        }

        @Override
        public boolean piece(ByteBuffer piece) {
            if (explanation != null) return explanation.piece(piece);
            try {
                for (SseParser.Block block : parser.feed(piece)) {
                    if (stopping) return false;
                    take(block);
                }
                if (delivery.count() != given) taken();
                if (parser.isAlive()) asking.succeeded();
                retry = asked(parser.retry());
            } catch (TooLongException e) {
                finish(new RefusedException(0, Phrase.of(e)));
            } catch (Unreadable e) {
                cut(Phrase.of(e));
            } catch (Delivery.NotTaken e) {
                notTaken(e);
            }
            return true;
        }

        private Duration asked(@Nullable Duration time) {
            if (time == null) return retry;
            return time.compareTo(LONGEST_RETRY) < 0 ? time : LONGEST_RETRY;
        }

        private void take(SseParser.Block block) throws Unreadable, Delivery.NotTaken {
            boolean placed = block.ownId() && !block.id().isEmpty();
            if (block.data() != null) give(block, block.data(), placed);
            if (placed) delivery.moveTo(block.id());
        }

        private void give(SseParser.Block block, String data, boolean placed) throws Unreadable, Delivery.NotTaken {
            Optional<Gap> gap = block.type().equals("gap") ? Wire.gap(data) : Optional.empty();
            if (gap.isPresent()) delivery.gap(gap.get());
            else if (placed) delivery.event(event(block, data));
            else delivery.unplaced(event(block, data));
        }

        private Event event(SseParser.Block block, String data) throws Unreadable {
            String channel = plan.channels().size() == 1 ? plan.channels().get(0) : named(block.channel());
            String type = named(block.type());
            return new Event(block.id(), channel, type, null, null, null, Wire.data(data, block.encoding()));
        }

        private @Nullable String named(String text) {
            return text.isEmpty() ? null : text;
        }

        private void cut(String what) {
            if (exchange != null) exchange.abandon();
            trouble(what, retry);
        }

        @Override
        public void ended() {
            if (explanation != null) explanation.ended();
            else if (!parser.isAlive()) trouble("The stream ended before it said anything.", retry);
            else {
                addresses.next();
                askAfter(retry.isZero() ? asking.breath() : retry);
            }
        }

        @Override
        public void failed(Exception cause) {
            if (cause instanceof RefusedException) finish(cause);
            else trouble(Phrase.of(cause), retry);
        }
    }
}
