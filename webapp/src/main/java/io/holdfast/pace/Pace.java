// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.pace;

import io.holdfast.time.Timer;
import io.holdfast.time.Timer.Scheduled;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The least rate at which bodies must come, and a look at those that are coming, now and then. */
public final class Pace implements AutoCloseable {
    /** Bodies may come as slowly as they like. */
    public static final Pace ANY = new Pace(0, (delay, task) -> () -> {}, Runnable::run);

    private static final Logger LOG = System.getLogger(Pace.class.getName());

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
    /** So many looks make up the time over which a rate is taken. */
    static final int LOOKS = 4;

    private static final long SECONDS = BETWEEN_LOOKS.toSeconds() * LOOKS;

    private final Set<Sender> senders = ConcurrentHashMap.newKeySet();
    private final int rate;
    private final Timer timer;
    private final Executor executor;
    private volatile boolean closed;
    private volatile @Nullable Scheduled next;

    /** A body that arrives; called on any thread, with no lock held. */
    public interface Body {

        /** How many bytes have been read. */
        long bytesReceived();

        /** Whether the sender alone can go on now: more is wanted, and the server has no more. */
        boolean isAwaited();

        /**
         * It comes too slowly, and is to be refused. Runs at most once, on the executor.
         *
         * @param rule how it has to come
         */
        void onSlow(String rule);
    }

    private Pace(int rate, Timer timer, Executor executor) {
        this.rate = rate;
        this.timer = timer;
        this.executor = executor;
    }

    /**
     * Begins to look.
     *
     * @param rate the bytes a second at which each body must come, or 0 for none
     * @param executor runs the looks, and what they lead to
     */
    public static Pace open(int rate, Timer timer, Executor executor) {
        Pace opened = new Pace(rate, timer, executor);
        if (rate > 0) opened.arm();
        return opened;
    }

    /** The sender of a body, which is not looked at before it {@linkplain Sender#begin begins}. */
    public Sender sender(Body body) {
        return new Sender(this, body);
    }

    void watch(Sender sender) {
        if (rate > 0) senders.add(sender);
    }

    void forget(Sender sender) {
        senders.remove(sender);
    }

    /** How many bodies are watched now. */
    public int watched() {
        return senders.size();
    }

    private void arm() {
        // The next pause begins after a look, so that no two looks follow each other at once on a busy executor.
        if (!closed) next = timer.after(BETWEEN_LOOKS, () -> executor.execute(this::lookAgain));
    }

    private void lookAgain() {
        try {
            for (Sender each : senders) {
                Sender.Finding found = each.look(rate * BETWEEN_LOOKS.toSeconds());
                if (found != Sender.Finding.NOTHING) executor.execute(() -> act(each, found));
            }
        } finally {
            arm();
        }
    }

    private void act(Sender sender, Sender.Finding found) {
        try {
            if (found == Sender.Finding.TO_CUT) sender.cut();
            else sender.tell("at " + rate + " bytes a second or more, over " + SECONDS + " seconds (body.rate)");
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "A body that comes too slowly was not ended", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        Scheduled waiting = next;
        if (waiting != null) waiting.cancel();
    }
}
