// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import io.holdfast.client.GaveUpException;
import io.holdfast.client.RefusedException;
import io.holdfast.client.Trouble;
import io.holdfast.client.time.Stopwatch;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One request, sent to one address after the other until an answer is final.
 *
 * @param <T> the outcome
 */
public final class Call<T extends @Nullable Object> implements Activity {

    /**
     * A request that may be sent several times. Its methods are called in the turns of the call. Each failure that they throw, except
     * {@link UnreadableException}, is the outcome. {@code waited} is the time since the call began.
     */
    public interface Request<T extends @Nullable Object> {

        /** The request for the address in use. */
        HttpRequest.Builder builder(Addresses addresses, Transport transport, Duration waited);

        Limits limits(Duration waited);

        /** Reads an answer; empty if the status alone decides. The call sends the request again after an unreadable answer. */
        Optional<T> read(ResponseHead head, byte[] body, Duration waited) throws UnreadableException;

        /** Called after a failure, before a retry. */
        default void onTrouble(Trouble trouble) {}
    }

    /**
     * The limits of one try.
     *
     * @param patience the time for which the server may be silent
     * @param longest the most bytes of a successful answer
     */
    public record Limits(Duration patience, int longest) {}

    private final Request<T> request;
    private final Addresses addresses;
    private final Transport transport;
    private final Retries retries;
    private final SerialQueue turns;
    private final Stopwatch begun;
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private volatile boolean last;

    public Call(Request<T> request, Addresses addresses, Transport transport, Duration giveUp) {
        this.request = request;
        this.addresses = addresses;
        this.transport = transport;
        this.retries = new Retries(transport.clocks(), giveUp);
        this.turns = new SerialQueue(transport.pool(), outcome::completeExceptionally);
        this.begun = transport.clocks().stopwatch();
    }

    @Override
    public void start() {
        turns.execute(this::send);
    }

    public CompletionStage<T> outcome() {
        return outcome;
    }

    @Override
    public CompletionStage<T> done() {
        return outcome;
    }

    /** Makes the request that is under way the last one. */
    public void retryNoMore() {
        last = true;
    }

    /** Fails the outcome. The server may still process a request that was sent. */
    @Override
    public void abandon() {
        outcome.completeExceptionally(new GaveUpException("The client was closed before there was an answer."));
    }

    private void send() {
        if (outcome.isDone()) return;
        Duration waited = begun.elapsed();
        HttpRequest next = request.builder(addresses, transport, waited).build();
        Limits limits = request.limits(waited);
        BodyCollector reader = new BodyCollector(limits.longest(), this::onAnswer, this::onFailure);
        transport.exchange(turns, limits.patience(), reader).send(next);
    }

    private void onAnswer(ResponseHead head, byte[] body) {
        try {
            request.read(head, body, begun.elapsed())
                    .ifPresentOrElse(outcome::complete, () -> onUnsuccessful(head, body));
        } catch (UnreadableException e) {
            retry(Wording.of(e), Duration.ZERO);
        }
    }

    private void onUnsuccessful(ResponseHead head, byte[] body) {
        if (head.isRefusal()) outcome.completeExceptionally(head.refusal(body));
        else retry(Wording.of(head, body), transport.retryAfter(head));
    }

    private void onFailure(Exception cause) {
        if (cause instanceof RefusedException) outcome.completeExceptionally(cause);
        else retry(Wording.of(cause), Duration.ZERO);
    }

    private void retry(String what, Duration atLeast) {
        Trouble trouble = retries.failed(addresses, what, atLeast);
        if (retries.isTooLate(trouble) || last) giveUp(trouble);
        else if (!outcome.isDone()) {
            request.onTrouble(trouble);
            transport.clocks().timer().after(trouble.pause(), () -> turns.execute(() -> sendAfter(trouble)));
        }
    }

    private void sendAfter(Trouble trouble) {
        if (last) giveUp(trouble);
        else send();
    }

    private void giveUp(Trouble trouble) {
        outcome.completeExceptionally(Retries.gaveUp(trouble));
    }
}
