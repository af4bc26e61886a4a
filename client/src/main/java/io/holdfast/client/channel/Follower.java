// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import io.holdfast.client.By;
import io.holdfast.client.Event;
import io.holdfast.client.Following;
import io.holdfast.client.Gap;
import io.holdfast.client.Listener;
import io.holdfast.client.RefusedException;
import io.holdfast.client.Trouble;
import io.holdfast.client.http.Activity;
import io.holdfast.client.http.Addresses;
import io.holdfast.client.http.BodyCollector;
import io.holdfast.client.http.Exchange;
import io.holdfast.client.http.PollLoop;
import io.holdfast.client.http.ResponseHead;
import io.holdfast.client.http.Retries;
import io.holdfast.client.http.TooLongException;
import io.holdfast.client.http.Transport;
import io.holdfast.client.http.UnreadableException;
import io.holdfast.client.http.Wording;
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
 * Follows channels: polls, gives the events to the listener, and polls again. A follower without a cursor begins with a poll that is not
 * held, only to learn the cursor. From that moment on it misses no event, whatever fails.
 */
public final class Follower implements Following, Activity {
    private static final String EARLIEST = "earliest";
    /** The type of an event that only tells the follower its cursor. */
    private static final String PLACE = "last-event-id";

    private static final Pattern FITS_A_HEADER = Pattern.compile("[\\x21-\\x7e]+");
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(60);
    private static final int FEWER = 4;

    private final FollowPlan plan;
    private final Addresses addresses;
    private final Transport transport;
    private final Delivery delivery;
    private final Retries deliveryRetries;
    private final PollLoop loop;

    private int mostEvents;
    private long countAtSuccess;
    private Duration streamRetry = Duration.ZERO;

    public Follower(FollowPlan plan, Addresses addresses, Transport transport, Listener listener) {
        this.plan = plan;
        this.addresses = addresses;
        this.transport = transport;
        this.delivery = new Delivery(listener, plan.channels().single().isPresent(), plan.after());
        this.deliveryRetries = new Retries(transport.clocks(), null);
        this.loop = new PollLoop(addresses, transport, plan.times().patience(), this::ask, listener::trouble);
        this.mostEvents = plan.limits().events();
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public void abandon() {
        stop();
    }

    @Override
    public Optional<String> cursor() {
        return delivery.cursor();
    }

    @Override
    public CompletionStage<@Nullable Void> done() {
        return loop.done();
    }

    private void ask() {
        String cursor = delivery.cursor().orElse(null);
        if (cursor == null) poll(null, Duration.ZERO);
        else if (plan.by() == By.SSE) stream(cursor);
        else poll(cursor, plan.times().hold());
    }

    private void poll(@Nullable String cursor, Duration hold) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (cursor != null) parameters.put("after", cursor);
        parameters.put("limit", Integer.toString(mostEvents));
        parameters.put("wait", Long.toString(hold.toSeconds()));
        HttpRequest.Builder request =
                transport.jsonRequest(addresses.at(plan.channels().eventsPath(), parameters));
        BodyCollector reader =
                new BodyCollector(plan.limits().bytes(), (head, body) -> onPage(cursor, head, body), this::onFailure);
        loop.send(request, hold.plus(Transport.GRACE), reader);
    }

    private void stream(String cursor) {
        boolean isInHeader =
                !cursor.equals(EARLIEST) && FITS_A_HEADER.matcher(cursor).matches();
        Map<String, String> parameters = isInHeader ? Map.of() : Map.of("after", cursor);
        URI uri = addresses.at(plan.channels().eventsPath(), parameters);
        HttpRequest.Builder request = transport.request(uri).header("Accept", "text/event-stream");
        if (isInHeader) request.header("Last-Event-ID", cursor);
        loop.send(request, plan.times().silence(), new Stream());
    }

    private void onPage(@Nullable String asked, ResponseHead head, byte[] body) {
        try {
            if (head.status() == 200) delivery.deliver(ChannelJson.page(body), loop::isStopping);
            else if (head.status() == 204 || head.status() == 304) onNothingNew(asked, head);
            else {
                loop.onUnsuccessful(head, body);
                return;
            }
        } catch (UnreadableException e) {
            loop.retry(Wording.of(e), Duration.ZERO);
            return;
        } catch (Delivery.NotTakenException e) {
            onNotTaken(e);
            return;
        }
        loop.succeeded();
        onDelivered();
        loop.pollAgain(!delivery.cursor().equals(Optional.ofNullable(asked)));
    }

    private void onNothingNew(@Nullable String asked, ResponseHead head)
            throws UnreadableException, Delivery.NotTakenException {
        Optional<String> cursor = head.etag();
        if (cursor.isPresent()) delivery.moveTo(cursor.get());
        else if (asked == null) throw new UnreadableException("The answer has no cursor: there is no ETag.");
    }

    private void onFailure(Exception cause) {
        if (cause instanceof TooLongException && mostEvents == 1) {
            loop.end(new RefusedException(0, Wording.of(cause)));
            return;
        }
        if (cause instanceof TooLongException) mostEvents = Math.max(1, mostEvents / FEWER);
        loop.onFailure(cause);
    }

    /** Notes that the listener took everything since its last failure. */
    private void onDelivered() {
        deliveryRetries.succeeded();
        countAtSuccess = delivery.count();
    }

    private void onNotTaken(Delivery.NotTakenException failure) {
        loop.abandonExchange();
        if (delivery.count() != countAtSuccess) onDelivered();
        String what = "The listener failed: " + Wording.printable(String.valueOf(failure.getCause()));
        Trouble trouble = deliveryRetries.failed(addresses.current(), what, Duration.ZERO);
        loop.notifyTrouble(trouble);
        loop.pollAfter(trouble.pause());
    }

    /** Reads a stream of events. */
    private final class Stream implements Exchange.Reader {
        private final SseParser parser = new SseParser(plan.limits().bytes());
        private @Nullable BodyCollector explanation;

        @Override
        public void onHead(ResponseHead head) {
            if (head.status() == 204) loop.end(null);
            else if (head.status() != 200) {
                explanation = new BodyCollector(plan.limits().bytes(), loop::onUnsuccessful, Follower.this::onFailure);
                explanation.onHead(head);
            } else if (!head.mediaType().equals("text/event-stream"))
                cut("The answer is not a stream of events, but " + Wording.printable(head.mediaType()) + ".");
        }

        @Override
        public boolean onPiece(ByteBuffer piece) {
            if (explanation != null) return explanation.onPiece(piece);
            try {
                for (SseParser.Block block : parser.feed(piece)) {
                    if (loop.isStopping()) return false;
                    take(block);
                }
                if (delivery.count() != countAtSuccess) onDelivered();
                if (parser.isAlive()) loop.succeeded();
                streamRetry = bounded(parser.retry());
            } catch (TooLongException e) {
                loop.end(new RefusedException(0, Wording.of(e)));
            } catch (UnreadableException e) {
                cut(Wording.of(e));
            } catch (Delivery.NotTakenException e) {
                onNotTaken(e);
            }
            return true;
        }

        private Duration bounded(@Nullable Duration retry) {
            if (retry == null) return streamRetry;
            return retry.compareTo(LONGEST_RETRY) < 0 ? retry : LONGEST_RETRY;
        }

        private void take(SseParser.Block block) throws UnreadableException, Delivery.NotTakenException {
            boolean hasOwnId = block.hasOwnId() && !block.id().isEmpty();
            if (block.data() != null && !block.type().equals(PLACE)) deliver(block, block.data(), hasOwnId);
            if (hasOwnId) delivery.moveTo(block.id());
        }

        private void deliver(SseParser.Block block, String data, boolean hasOwnId)
                throws UnreadableException, Delivery.NotTakenException {
            Optional<Gap> gap = block.type().equals("gap") ? ChannelJson.gap(data) : Optional.empty();
            if (gap.isPresent()) delivery.deliver(gap.get());
            else if (hasOwnId) delivery.deliver(event(block, data));
            else delivery.deliverWithoutId(event(block, data));
        }

        private Event event(SseParser.Block block, String data) throws UnreadableException {
            String channel = plan.channels().single().orElseGet(block::channel);
            byte[] bytes = ChannelJson.data(data, block.encoding());
            return new Event(block.id(), nullIfEmpty(channel), nullIfEmpty(block.type()), null, null, null, bytes);
        }

        private @Nullable String nullIfEmpty(String text) {
            return text.isEmpty() ? null : text;
        }

        private void cut(String what) {
            loop.abandonExchange();
            loop.retry(what, streamRetry);
        }

        @Override
        public void onEnd() {
            if (explanation != null) explanation.onEnd();
            else if (!parser.isAlive()) loop.retry("The stream ended without an event or a comment.", streamRetry);
            else loop.pollNextAfter(streamRetry);
        }

        @Override
        public void onFailure(Exception cause) {
            if (cause instanceof RefusedException) loop.end(cause);
            else loop.retry(Wording.of(cause), streamRetry);
        }
    }
}
