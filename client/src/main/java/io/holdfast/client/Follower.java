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
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Follows channels: asks, gives the listener what comes, and asks again. A follower without a cursor begins
 * with a request that is not held, whose only purpose is the cursor: from then on nothing is missed, whatever breaks.
 */
final class Follower {
    static final String EARLIEST = "earliest";

    private static final Pattern FITS_A_HEADER = Pattern.compile("[\\x21-\\x7e]+");
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(60);
    private static final int FEWER = 4;

    private final Plan plan;
    private final Addresses addresses;
    private final Connection connection;
    private final Delivery delivery;
    private final Retries giving;
    private final Rounds rounds;

    private int answers;
    private long given;
    private Duration retry = Duration.ZERO;

    Follower(Plan plan, Addresses addresses, Connection connection, Listener listener) {
        this.plan = plan;
        this.addresses = addresses;
        this.connection = connection;
        this.delivery = new Delivery(listener, plan.channels().size() == 1, plan.after());
        this.giving = new Retries(connection.surroundings(), null);
        this.rounds = new Rounds(connection, addresses, plan.patience(), this::ask, listener::trouble);
        this.answers = plan.answers();
    }

    void begin() {
        rounds.begin();
    }

    /** Ends it after the call of the listener that is running, if one is. */
    void stop() {
        rounds.stop();
    }

    Optional<String> cursor() {
        return delivery.cursor();
    }

    CompletionStage<@Nullable Void> done() {
        return rounds.done();
    }

    private void ask() {
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
        rounds.send(request, hold.plus(Connection.GRACE), reader);
    }

    private void stream(String cursor) {
        boolean inHeader =
                !cursor.equals(EARLIEST) && FITS_A_HEADER.matcher(cursor).matches();
        URI uri = addresses.events(plan.channels(), inHeader ? Map.of() : Map.of("after", cursor));
        HttpRequest.Builder request = connection.request(uri).header("Accept", "text/event-stream");
        if (inHeader) request.header("Last-Event-ID", cursor);
        rounds.send(request, plan.silence(), new Stream());
    }

    private void polled(@Nullable String asked, Head head, byte[] body) {
        try {
            if (head.status() == 200) delivery.page(Wire.page(body), rounds::isStopping);
            else if (head.status() == 204 || head.status() == 304) nothingNew(asked, head);
            else {
                rounds.unsuccessful(head, body);
                return;
            }
        } catch (Unreadable e) {
            rounds.trouble(Phrase.of(e), Duration.ZERO);
            return;
        } catch (Delivery.NotTaken e) {
            notTaken(e);
            return;
        }
        rounds.succeeded();
        taken();
        rounds.askAgain(!delivery.cursor().equals(Optional.ofNullable(asked)));
    }

    private void nothingNew(@Nullable String asked, Head head) throws Unreadable, Delivery.NotTaken {
        Optional<String> cursor = head.etag();
        if (cursor.isPresent()) delivery.moveTo(cursor.get());
        else if (asked == null) throw new Unreadable("The answer has no cursor: there is no ETag.");
    }

    private void failed(Exception cause) {
        if (cause instanceof TooLongException && answers == 1) {
            rounds.finish(new RefusedException(0, Phrase.of(cause)));
            return;
        }
        if (cause instanceof TooLongException) answers = Math.max(1, answers / FEWER);
        rounds.failed(cause);
    }

    /** Notes that what was given since the last pause was taken. */
    private void taken() {
        giving.succeeded();
        given = delivery.count();
    }

    private void notTaken(Delivery.NotTaken failure) {
        rounds.abandon();
        if (delivery.count() != given) taken();
        Duration next = giving.failed(Duration.ZERO).orElseThrow();
        String what = "The listener failed: " + Printable.cut(String.valueOf(failure.getCause()));
        rounds.tell(new Trouble(addresses.current(), what, giving.failures(), next));
        rounds.askAfter(next);
    }

    /** Reads a stream. */
    private final class Stream implements Exchange.Reader {
        private final SseParser parser = new SseParser(plan.longest());
        private @Nullable Gather explanation;

        @Override
        public void began(Head head) {
            if (head.status() == 204) rounds.finish(null);
            else if (head.status() != 200) {
                explanation = new Gather(plan.longest(), rounds::unsuccessful, Follower.this::failed);
                explanation.began(head);
            } else if (!head.mediaType().equals("text/event-stream"))
                cut("The answer is no stream of events, but " + Printable.cut(head.mediaType()) + ".");
        }

        @Override
        public boolean piece(ByteBuffer piece) {
            if (explanation != null) return explanation.piece(piece);
            try {
                for (SseParser.Block block : parser.feed(piece)) {
                    if (rounds.isStopping()) return false;
                    take(block);
                }
                if (delivery.count() != given) taken();
                if (parser.isAlive()) rounds.succeeded();
                retry = asked(parser.retry());
            } catch (TooLongException e) {
                rounds.finish(new RefusedException(0, Phrase.of(e)));
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
            rounds.abandon();
            rounds.trouble(what, retry);
        }

        @Override
        public void ended() {
            if (explanation != null) explanation.ended();
            else if (!parser.isAlive()) rounds.trouble("The stream ended before it said anything.", retry);
            else rounds.leave(retry);
        }

        @Override
        public void failed(Exception cause) {
            if (cause instanceof RefusedException) rounds.finish(cause);
            else rounds.trouble(Phrase.of(cause), retry);
        }
    }
}
