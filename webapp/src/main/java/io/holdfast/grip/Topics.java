// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.channel.core.Journal;
import io.holdfast.time.Clocks;
import io.holdfast.time.Timer.Scheduled;
import io.holdfast.waiter.Key;
import io.holdfast.waiter.Waiters;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The topics that are followed at this member. */
final class Topics {
    private static final Logger LOG = System.getLogger(Topics.class.getName());
    private static final String ROOM = "grip";
    /** A client that polls returns within this time. */
    private static final Duration LINGER = Duration.ofSeconds(60);

    private static final int BATCH = 64;

    private final Journal journal;
    private final Waiters waiters;
    private final Clocks clocks;
    private final Executor executor;
    private final Map<String, Followed> followed = new HashMap<>(); // guarded by this

    private static final class Followed {
        private final Topic topic;
        private int users;
        private Journal.@Nullable Following following;
        private @Nullable Scheduled end;

        private Followed(Topic topic) {
            this.topic = topic;
        }
    }

    Topics(Journal journal, Waiters waiters, Clocks clocks, Executor executor) {
        this.journal = journal;
        this.waiters = waiters;
        this.clocks = clocks;
        this.executor = executor;
    }

    static Key<TopicEvent> key(String topic) {
        return new Key<>(ROOM, topic);
    }

    Executor executor() {
        return executor;
    }

    Clocks clocks() {
        return clocks;
    }

    Waiters waiters() {
        return waiters;
    }

    /** Whether the member goes down. */
    boolean areDraining() {
        return waiters.stats().draining();
    }

    /** A monotonic time, in milliseconds. */
    long millis() {
        return clocks.ticker().nanos() / 1_000_000;
    }

    /** The age of a time that another member's clock gave, in milliseconds. */
    long age(long time) {
        return clocks.cluster().millis() - time;
    }

    Scheduled after(long millis, Runnable task) {
        return clocks.timer().after(Duration.ofMillis(millis), task);
    }

    /** The number of followed topics. */
    synchronized int count() {
        return followed.size();
    }

    /** The topic, which is followed until every join is matched by a {@link #leave}. */
    Topic join(String name) {
        Followed joined;
        boolean isNew;
        synchronized (this) {
            isNew = !followed.containsKey(name);
            joined = followed.computeIfAbsent(name, n -> new Followed(new Topic(n, this)));
            joined.users++;
            if (joined.end != null) joined.end.cancel();
            joined.end = null;
        }
        if (isNew) {
            Journal.Following following = journal.follow(name, joined.topic);
            synchronized (this) {
                joined.following = following;
            }
        }
        return joined.topic;
    }

    void leave(Topic topic) {
        synchronized (this) {
            Followed left = followed.get(topic.name);
            if (left == null || !left.topic.equals(topic) || --left.users > 0) return;
            left.end = clocks.timer().after(LINGER, () -> end(topic));
        }
    }

    private void end(Topic topic) {
        Journal.Following following;
        synchronized (this) {
            Followed idle = followed.get(topic.name);
            if (idle == null || !idle.topic.equals(topic) || idle.users > 0) return;
            followed.remove(topic.name);
            following = idle.following;
        }
        if (following != null) following.stop();
    }

    /** Forgets a topic that is not followed any more. */
    synchronized void lost(Topic topic) {
        Followed gone = followed.get(topic.name);
        if (gone != null && gone.topic.equals(topic)) followed.remove(topic.name);
    }

    void release(TopicEvent event) {
        waiters.release(key(event.topic()), event);
    }

    /** Adds an event to streams, and has them written in batches. */
    void write(List<Topic.Subscriber> streams, TopicEvent event) {
        for (Topic.Subscriber stream : streams) add(stream, event);
        for (int from = 0; from < streams.size(); from += BATCH) {
            List<Topic.Subscriber> batch = streams.subList(from, Math.min(streams.size(), from + BATCH));
            executor.execute(() -> batch.forEach(Topic.Subscriber::pump));
        }
    }

    private static void add(Topic.Subscriber stream, TopicEvent event) {
        try {
            stream.add(event);
        } catch (RuntimeException e) {
            // The other streams must receive it all the same.
            LOG.log(Level.ERROR, "A stream could not take an item", e);
        }
    }

    void close() {
        List<Followed> all;
        synchronized (this) {
            all = List.copyOf(followed.values());
            followed.clear();
        }
        for (Followed one : all) {
            Journal.Following following = one.following;
            if (following != null) following.stop();
        }
    }
}
