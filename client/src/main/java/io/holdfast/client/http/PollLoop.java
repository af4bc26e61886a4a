// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import io.holdfast.client.RefusedException;
import io.holdfast.client.Trouble;
import io.holdfast.client.time.Alarm;
import io.holdfast.client.time.Stopwatch;
import java.lang.System.Logger.Level;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Polls over and over, at once or after a pause, until it has ended. After a failure it moves on to the next address. Any thread may call
 * {@link #start}, {@link #stop}, {@link #isStopping} and {@link #done}; all other methods belong to the turns.
 */
public final class PollLoop {
    private static final System.Logger LOG = System.getLogger(PollLoop.class.getName());
    /** The server did not hold a poll that brings nothing sooner than this: a member drains, or a cache answered. */
    private static final Duration TOO_SOON = Duration.ofSeconds(1);

    private final Addresses addresses;
    private final Transport transport;
    private final Runnable poll;
    private final Consumer<Trouble> listener;
    private final Retries retries;
    private final SerialQueue turns;
    private final Alarm pause;
    private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    private volatile boolean stopping;

    private boolean ended;
    private @Nullable Exchange exchange;
    private Stopwatch sincePoll;

    /**
     * A loop that calls {@code poll}, which must {@link #send} a request.
     *
     * @param patience the longest time without success; null for ever
     * @param listener receives each failure before its retry
     */
    public PollLoop(
            Addresses addresses,
            Transport transport,
            @Nullable Duration patience,
            Runnable poll,
            Consumer<Trouble> listener) {
        this.addresses = addresses;
        this.transport = transport;
        this.poll = poll;
        this.listener = listener;
        this.retries = new Retries(transport.clocks(), patience);
        this.turns = new SerialQueue(transport.pool(), this::onBroken);
        this.pause = transport.clocks().alarm();
        this.sincePoll = transport.clocks().stopwatch();
    }

    private void onBroken(Throwable error) {
        turns.execute(() -> end(error));
    }

    public void start() {
        turns.execute(this::poll);
    }

    /** Ends the loop after the turn that is running, if one is. */
    public void stop() {
        stopping = true;
        turns.execute(() -> end(null));
    }

    public boolean isStopping() {
        return stopping;
    }

    public boolean hasEnded() {
        return ended;
    }

    public CompletionStage<@Nullable Void> done() {
        return done.minimalCompletionStage();
    }

    public Executor turns() {
        return turns;
    }

    private void poll() {
        if (ended || stopping) return;
        sincePoll = transport.clocks().stopwatch();
        poll.run();
    }

    /** Sends a request to a server that may be silent for as long as the patience lasts. */
    public void send(HttpRequest.Builder request, Duration patience, Exchange.Reader reader) {
        Exchange begun = transport.exchange(turns, patience, reader);
        exchange = begun;
        begun.send(request.build());
    }

    /** Ends the exchange without a further call of its reader. */
    public void abandonExchange() {
        if (exchange != null) exchange.abandon();
    }

    /** Notes that the address in use works. */
    public void succeeded() {
        retries.succeeded();
    }

    /** Polls again at once, unless the answer brought nothing and came too soon. */
    public void pollAgain(boolean hadNews) {
        if (hadNews || sincePoll.elapsed().compareTo(TOO_SOON) >= 0) poll();
        else pollNextAfter(Duration.ZERO);
    }

    /** Polls the next address after that time; after a short pause if it is zero. */
    public void pollNextAfter(Duration time) {
        addresses.advance();
        pollAfter(time.isZero() ? retries.shortPause() : time);
    }

    public void pollAfter(Duration time) {
        pause.schedule(time, () -> turns.execute(this::poll));
    }

    /** Handles an answer that is not a success. */
    public void onUnsuccessful(ResponseHead head, byte[] body) {
        if (head.isRefusal()) end(head.refusal(body));
        else retry(Wording.of(head, body), transport.retryAfter(head));
    }

    /** Handles the failure of an exchange. */
    public void onFailure(Exception cause) {
        if (cause instanceof RefusedException) end(cause);
        else retry(Wording.of(cause), Duration.ZERO);
    }

    /** Reports a failure, and polls the next address after a pause, unless the patience is over. */
    public void retry(String what, Duration atLeast) {
        Trouble trouble = retries.failed(addresses, what, atLeast);
        if (retries.isTooLate(trouble)) end(Retries.gaveUp(trouble));
        else {
            notifyTrouble(trouble);
            pollAfter(trouble.pause());
        }
    }

    /** Reports a failure to the listener. */
    public void notifyTrouble(Trouble trouble) {
        notifyListener(trouble, listener);
    }

    /** Calls a listener. A failure of the listener is logged and has no further effect. */
    public <T> void notifyListener(T news, Consumer<? super T> one) {
        try {
            one.accept(news);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "The listener failed when told of " + news, e);
        }
    }

    /** Ends the loop; the error is null if it ends normally. */
    public void end(@Nullable Throwable error) {
        if (ended) return;
        ended = true;
        pause.close();
        abandonExchange();
        if (error == null) done.complete(null);
        else done.completeExceptionally(error);
    }
}
