// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel.core;

import io.holdfast.channel.core.ChannelRefusal.Why;
import io.holdfast.channel.log.Event;
import io.holdfast.channel.log.EventId;
import io.holdfast.channel.log.Publication;
import io.holdfast.channel.log.Read;
import io.holdfast.channel.log.Summary;
import io.holdfast.cluster.BackgroundTask;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.Signals.Replies;
import io.holdfast.cluster.Sweep;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Ending;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.Outcome;
import io.holdfast.waiter.Sink;
import io.holdfast.waiter.Waiter;
import io.holdfast.waiter.Waiters;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The channels of the cluster. A channel without publications takes no memory. Stages fail with {@link ChannelRefusal}. Nothing blocks.
 */
public final class Channels {
    private static final Logger LOG = System.getLogger(Channels.class.getName());
    private static final String ROOM = "channel", ASK = "channel.waiters";
    private static final Duration EXPIRE_EVERY = Duration.ofSeconds(10);

    private final ChannelOptions options;
    private final Waiters waiters;
    private final Cluster cluster;
    private final LogStore store;
    private final Census census = new Census();
    private final ChannelCounts counts;
    private final Presence presence;
    private final Clocks clocks;
    private final Executor executor;
    private final BackgroundTask counting = new BackgroundTask("holdfast-channel-count"),
            attending = new BackgroundTask("holdfast-channel-presence");
    private volatile long expired;

    /** A reader of channels. It gets a delivery, or learns why it got none. */
    public interface Reader {
        /** Takes a delivery; false if the client is gone. */
        boolean delivered(Delivery delivery);

        /** The wait ended without a delivery; false if the client is gone. */
        boolean ended(Ending ending, Cursor cursor);

        /** There are events for the reader, but they cannot be read now. */
        void failed(Throwable why);
    }

    /** A way to hold a reader. */
    private interface Holder {
        Waiter<News> hold(List<Key<News>> keys, Duration wait, Predicate<? super News> moved, Sink<News> sink);
    }

    public Channels(ChannelOptions options, Cluster cluster, Waiters waiters, Clocks clocks, Executor executor) {
        this.options = options;
        this.waiters = waiters;
        this.cluster = cluster;
        this.clocks = clocks;
        this.executor = executor;
        this.expired = clocks.ticker().nanos();
        this.counts = new ChannelCounts(census);
        this.store = new LogStore(cluster, options, census, counts, clocks, executor, this::committed);
        this.presence = new Presence(options, cluster, store, clocks, executor);
    }

    /** The numbers of this member's work for channels. */
    public ChannelCounts counts() {
        return counts;
    }

    /** Starts to receive the signals of changes, and to look for changes regularly. */
    public Scheduled open(Duration sweep) {
        cluster.signals().listen(ROOM, this::heard);
        cluster.signals().listen(ASK, (name, state, reply) -> reply.accept(waiters.waiting(key(name))));
        return new Sweep(this::sweep, clocks, executor).open(sweep, cluster);
    }

    /** Whether a stream that begins now would end at once. */
    public boolean isFull() {
        return waiters.stats().isFull();
    }

    /** Stops the background tasks. */
    public void close() {
        counting.close();
        attending.close();
    }

    /** Runs a task on the executor after a pause. */
    void later(Duration pause, Runnable task) {
        clocks.timer().after(pause, () -> executor.execute(task));
    }

    /** Appends the publication. If the publisher asks for receipts, they are gathered from all members. */
    public CompletionStage<Published> publish(String channel, Publication publication, boolean asks) {
        CompletionStage<Published> published = store.publish(channel, publication, asks);
        if (!asks) return published;
        Set<String> before = cluster.signals().others();
        return published.thenApply(one -> one.orLost(before));
    }

    /** Reads the events that follow the cursor now. */
    public CompletionStage<Delivery> read(Cursor cursor, int limit) {
        List<CompletableFuture<Feed>> reads = new ArrayList<>();
        for (String channel : cursor.channels())
            reads.add(store.read(channel, new Read(cursor.at(channel), limit)).toCompletableFuture());
        return CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new)).thenApply(done -> {
            Cursor moved = cursor;
            List<Feed> feeds = new ArrayList<>();
            for (CompletableFuture<Feed> read : reads) {
                Feed feed = read.join();
                moved = moved.with(feed.channel(), feed.page().last());
                if (!feed.page().isEmpty()) feeds.add(feed);
            }
            return new Delivery(List.copyOf(feeds), moved);
        });
    }

    /** The event at that very place; empty if it is not kept. */
    public CompletionStage<Optional<Event>> event(String channel, EventId id) {
        return store.read(channel, Read.exactly(id))
                .thenApply(feed -> feed.page().events().stream().findFirst());
    }

    /** The channel in numbers. */
    public CompletionStage<Summary> describe(String channel) {
        return store.describe(channel);
    }

    /** The number of waiting readers of the channel, by member. */
    public CompletionStage<Reached> waiting(String channel) {
        return cluster.signals()
                .ask(ASK, channel, new byte[0], options.receiptPatience())
                .thenApplyAsync(replies -> reached(replies, waiters.waiting(key(channel))), executor);
    }

    /** Removes the events of a channel. */
    public CompletionStage<Void> clear(String channel) {
        if (cluster.trust().doubt().isPresent())
            return CompletableFuture.failedFuture(
                    new ChannelRefusal(Why.UNAVAILABLE, cluster.trust().doubt().orElse("")));
        return store.clear(channel).handle((last, error) -> {
            if (last == null) throw new ChannelRefusal(Why.UNKNOWN, "the cluster has not answered");
            tell(News.of(channel, last));
            return null;
        });
    }

    /**
     * Holds the reader until there are events for it. The reader is registered first, and then the channels are read, so that no event in
     * between is missed. The cursor must have places.
     */
    public Waiter<News> await(Cursor cursor, int limit, Duration wait, Reader reader) {
        return await(waiters::hold, cursor, limit, wait, reader);
    }

    /** As {@link #await}, for the member itself. It is also held when the member holds as many clients as it may. */
    public Waiter<News> awaitOwn(Cursor cursor, int limit, Duration wait, Reader reader) {
        return await(waiters::holdOwn, cursor, limit, wait, reader);
    }

    private Waiter<News> await(Holder holder, Cursor cursor, int limit, Duration wait, Reader reader) {
        List<Key<News>> keys = cursor.channels().stream().map(Channels::key).toList();
        Waiter<News> waiter = holder.hold(
                keys,
                wait,
                news -> news.isPast(cursor.at(news.channel())),
                outcome -> tell(reader, cursor, limit, outcome));
        if (waiter.hasEnded()) return waiter;
        for (String channel : cursor.channels()) {
            EventId at = cursor.at(channel);
            store.read(channel, new Read(at, limit))
                    .thenAccept(feed -> {
                        if (!feed.page().isEmpty()) waiter.offer(News.found(feed, at));
                    })
                    .exceptionally(this::leftToTheSweep);
        }
        return waiter;
    }

    private boolean tell(Reader reader, Cursor cursor, int limit, Outcome<News> outcome) {
        News news = outcome.state();
        if (news == null) return reader.ended(outcome.ending(), cursor);
        Feed feed = news.feed();
        if (feed != null && isAllFor(cursor, limit, news))
            return reader.delivered(new Delivery(
                    List.of(feed), cursor.with(feed.channel(), feed.page().last())));
        read(cursor, limit).whenComplete((delivery, error) -> {
            if (delivery == null) reader.failed(error == null ? new IllegalStateException() : error);
            else if (delivery.isEmpty()) reader.ended(Ending.TIMED_OUT, delivery.cursor());
            else reader.delivered(delivery);
        });
        return true;
    }

    /** A reader of several channels reads all of them, so that a busy channel does not hide the others. */
    private static boolean isAllFor(Cursor cursor, int limit, News news) {
        return cursor.channels().size() == 1
                && news.isFor(cursor.at(news.channel()))
                && news.feed() != null
                && news.feed().page().events().size() <= limit;
    }

    /** Sends every member the news of a commit. If the publisher asked for receipts, they are gathered from all members. */
    private CompletionStage<Reached> committed(News news, boolean asked) {
        if (!asked) {
            tell(news);
            return CompletableFuture.completedFuture(Reached.NOT_ASKED);
        }
        CompletableFuture<Long> here = new CompletableFuture<>();
        waiters.release(key(news.channel()), news, released -> here.complete((long) released));
        return cluster.signals()
                .ask(ROOM, news.channel(), news.signal(), options.receiptPatience())
                .thenCombineAsync(here, this::reached, executor);
    }

    private void tell(News news) {
        waiters.release(key(news.channel()), news);
        cluster.signals().send(ROOM, news.channel(), news.signal());
    }

    private Reached reached(Replies replies, long here) {
        Map<String, Long> released = new TreeMap<>(replies.numbers());
        released.put(cluster.signals().name(), here);
        return new Reached(released, replies.silent());
    }

    private void heard(String channel, byte[] signal, LongConsumer reply) {
        Key<News> key = key(channel);
        if (!waiters.isAwaited(key)) reply.accept(0);
        else waiters.release(key, News.heard(channel, signal), reply::accept);
    }

    /**
     * Drops old events regularly, and counts the cluster's channels if this member has published since the last count. Both run on a
     * thread of their own, because Hazelcast blocks it.
     */
    private void count() {
        boolean late = clocks.ticker().nanos() - expired >= EXPIRE_EVERY.toNanos() || store.isPressed();
        if (census.isDue() || late || store.isUnweighed()) counting.start(() -> countNow(late));
    }

    private void countNow(boolean late) {
        if (late) {
            expired = clocks.ticker().nanos();
            if (store.expire() > 0) census.changed();
        }
        if (late || store.isUnweighed()) store.weigh();
        if (census.isDue()) census.take(store::totals);
    }

    /**
     * Compares every awaited channel with the state. One cheap look covers all channels; a reliable look follows where it would release
     * a reader.
     */
    private CompletionStage<?> sweep() {
        count();
        Set<String> names = new HashSet<>(waiters.awaitedIn(ROOM));
        if (presence.isOn()) attending.start(() -> presence.look(Set.copyOf(names)));
        if (names.isEmpty()) return CompletableFuture.completedFuture(names);
        return store.preview(names).thenAcceptAsync(this::swept, executor);
    }

    private void swept(Map<String, EventId> places) {
        places.forEach((channel, last) -> {
            if (waiters.wouldRelease(key(channel), News.of(channel, last))) recheck(channel);
        });
    }

    /** The released readers then read for themselves. */
    private void recheck(String channel) {
        store.read(channel, new Read(EventId.NOW, 1))
                .thenAccept(feed -> waiters.release(
                        key(channel), News.of(channel, feed.page().last())))
                .exceptionally(this::leftToTheSweep);
    }

    private @Nullable Void leftToTheSweep(@Nullable Throwable error) {
        LOG.log(Level.DEBUG, () -> "Waiters stay held; the next sweep looks again cause=" + error);
        return null;
    }

    private static Key<News> key(String channel) {
        return new Key<>(ROOM, channel);
    }
}
