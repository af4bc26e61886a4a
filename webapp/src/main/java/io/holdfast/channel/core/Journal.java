// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import io.holdfast.channel.log.Draft;
import io.holdfast.channel.log.Event;
import io.holdfast.channel.log.Publication;
import io.holdfast.channel.log.Retention;
import io.holdfast.concurrent.ClosingReference;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Waiter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The channels of another room. They have any name, are kept for minutes, and cannot be reached by the paths of this room. Appended
 * entries are on the primary and its backups. A follower gets every entry in order, even if signals are lost.
 */
public final class Journal {
    private static final Logger LOG = System.getLogger(Journal.class.getName());
    /** A character that the name of a public channel cannot contain. */
    private static final char MARK = '/';

    static final Retention KEPT = new Retention(1_000, 16L << 20, Duration.ofMinutes(2), 0);
    private static final Duration WAIT = Duration.ofMinutes(5), AGAIN = Duration.ofSeconds(1);
    private static final int PAGE = 200;
    private static final String TYPE = "application/octet-stream";

    private final Channels channels;
    private final String room;

    /**
     * An appended entry.
     *
     * @param time when, in epoch milliseconds by the clock of the member that accepted it
     * @param data the bytes; shared, never changed
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Entry(long time, byte[] data) {}

    /** A follower of a channel; its methods are called one at a time. */
    public interface Follower {
        /** Takes the entries that are kept when following begins, oldest first. Called before any other method. */
        void onHistory(List<Entry> entries);

        /**
         * Takes new entries, oldest first. Later entries stay in the channel until the task has run, as long as the channel keeps them.
         */
        void onEntries(List<Entry> entries, Runnable taken);

        /** The follower may have missed entries that the channel does not keep any more. */
        void onGap();

        /** Following has ended, because the member is going down. */
        void onStopped();
    }

    public Journal(Channels channels, String room) {
        this.channels = channels;
        this.room = room;
    }

    static boolean isOfARoom(String channel) {
        return channel.indexOf(MARK) >= 0;
    }

    private String channel(String name) {
        return room + MARK + name;
    }

    /** Appends the entries next to each other; fails with a refusal as a publication does. */
    public CompletionStage<Void> append(String name, List<byte[]> entries) {
        List<Draft> drafts =
                entries.stream().map(data -> new Draft("", TYPE, data)).toList();
        return channels.publish(channel(name), Publication.of(drafts, "", true), false)
                .handle((published, error) -> {
                    if (error != null) throw Refused.of(error);
                    return null;
                });
    }

    /**
     * Appends entries to several channels, those of each next to each other. A failure for one channel says nothing about the others. Fails
     * with a refusal, whose outcome is known only if nothing was appended to any channel.
     */
    public CompletionStage<Void> append(Map<String, List<byte[]>> entries) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        entries.forEach((name, some) -> all.add(append(name, some).toCompletableFuture()));
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).exceptionally(error -> {
            throw Refused.of(error, all);
        });
    }

    /** Thrown if nothing was appended, or if the outcome is unknown. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final boolean known;

        private Refused(String message, boolean known) {
            super(message);
            this.known = known;
        }

        private static Refused of(Throwable error) {
            Throwable cause = error.getCause() == null ? error : error.getCause();
            if (cause instanceof ChannelRefusal refusal)
                return new Refused(String.valueOf(refusal.getMessage()), refusal.why() != ChannelRefusal.Why.UNKNOWN);
            return new Refused(String.valueOf(cause), false);
        }

        /** The refusal of several appends, of which one has failed so. */
        private static Refused of(Throwable error, List<CompletableFuture<Void>> all) {
            Refused first = error.getCause() instanceof Refused refused ? refused : of(error);
            boolean none = all.stream().allMatch(Refused::isNothing);
            return new Refused(String.valueOf(first.getMessage()), none);
        }

        private static boolean isNothing(CompletableFuture<Void> append) {
            return append.handle((done, error) ->
                            error != null && error.getCause() instanceof Refused refused && refused.known)
                    .join();
        }

        /** Whether it is certain that nothing was appended. */
        public boolean isKnown() {
            return known;
        }
    }

    /** Follows a channel until {@link Following#stop} is called. */
    public Following follow(String name, Follower follower) {
        Following following = new Following(Cursor.earliest(List.of(channel(name))), follower);
        following.look();
        return following;
    }

    /** A channel that is followed. */
    public final class Following implements Channels.Reader {
        private final Follower follower;
        private final Cursor start;
        private final ClosingReference<Waiter<News>> waiter = new ClosingReference<>(Waiter::gone);
        private volatile @Nullable Cursor at;

        private Following(Cursor start, Follower follower) {
            this.start = start;
            this.follower = follower;
        }

        /** Stops. The follower may still receive entries that are on their way. */
        public void stop() {
            waiter.close();
        }

        private boolean isStopped() {
            return waiter.isClosed();
        }

        private void look() {
            look(start, new ArrayList<>());
        }

        /** Reads all entries that are kept, page by page, as the history. */
        private void look(Cursor from, List<Entry> before) {
            channels.read(from, PAGE).whenComplete((delivery, error) -> {
                if (isStopped()) return;
                if (delivery == null) {
                    failed(error == null ? new IllegalStateException() : error);
                    return;
                }
                before.addAll(entries(delivery));
                if (hasMore(delivery)) {
                    look(delivery.cursor(), before);
                    return;
                }
                follower.onHistory(before);
                await(delivery.cursor());
            });
        }

        private static boolean hasMore(Delivery delivery) {
            return delivery.feeds().stream().anyMatch(feed -> feed.page().behind() > 0);
        }

        private void await(Cursor cursor) {
            at = cursor;
            if (!isStopped()) waiter.set(channels.awaitOwn(cursor, PAGE, WAIT, this));
        }

        @Override
        public boolean delivered(Delivery delivery) {
            if (isStopped()) return false;
            if (delivery.feeds().stream().anyMatch(feed -> feed.page().gap())) follower.onGap();
            follower.onEntries(entries(delivery), () -> await(delivery.cursor()));
            return true;
        }

        @Override
        public boolean ended(Ending ending, Cursor cursor) {
            if (ending == Ending.TIMED_OUT) await(cursor);
            else if (!isStopped()) follower.onStopped();
            return !isStopped();
        }

        @Override
        public void failed(Throwable why) {
            LOG.log(Level.DEBUG, "A channel cannot be read; it is read again soon", why);
            channels.later(AGAIN, this::again);
        }

        private void again() {
            Cursor before = at;
            if (before == null) look();
            else await(before);
        }

        private static List<Entry> entries(Delivery delivery) {
            List<Entry> entries = new ArrayList<>();
            for (Feed feed : delivery.feeds())
                for (Event event : feed.page().events()) entries.add(new Entry(event.time(), event.data()));
            return entries;
        }
    }
}
