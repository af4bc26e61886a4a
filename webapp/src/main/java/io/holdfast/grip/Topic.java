// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.channel.Journal;
import io.holdfast.concurrent.SerialQueue;
import io.holdfast.concurrent.SerialTask;
import io.holdfast.grip.item.Item;
import io.holdfast.grip.item.Sequencer;
import io.holdfast.time.Timer.Scheduled;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A topic on which requests are held at this member: it is followed from before the first is held until some time after the last, so
 * that its items come in order and once, wherever they were published.
 */
final class Topic implements Journal.Follower {
    private static final Logger LOG = System.getLogger(Topic.class.getName());

    /** By how many milliseconds the clocks of members may differ. */
    private static final long MOST_SKEW = 2_000;

    final String name;
    private final Topics topics;
    private final SerialQueue serial;
    private final Set<Subscriber> streams = ConcurrentHashMap.newKeySet();

    // Of the serial: what follows is touched by its tasks only.
    private final Sequencer sequencer = new Sequencer();
    private final List<Runnable> unready = new ArrayList<>();
    private boolean ready, over;
    private long lastCome = Long.MIN_VALUE;
    private @Nullable Scheduled alarm;

    Topic(String name, Topics topics) {
        this.name = name;
        this.topics = topics;
        this.serial = new SerialQueue(topics.executor());
    }

    /** Who is given all that comes, in order. */
    interface Subscriber {
        /** Takes note of it, and must be quick. */
        void add(TopicEvent event);

        /** Does what is to be done about it. */
        void pump();
    }

    /** What a request that is held on it must be compared with, once. */
    interface Check {
        /**
         * What the topic knows.
         *
         * @param lastId of the last item; null if it has none or is not known
         * @param lastCome when the last item may have come at the latest, by {@link Topics#millis}; far back if there is none
         */
        void with(@Nullable String lastId, long lastCome);
    }

    /** Tells the newest of it as soon as it is known. What comes after that is delivered to whoever was held when this was called. */
    void check(Check check) {
        serial.execute(() -> {
            Runnable task = () -> check.with(sequencer.lastId(), lastCome);
            if (ready || over) task.run();
            else unready.add(task);
            if (over) unknown();
        });
    }

    void add(Subscriber stream) {
        streams.add(stream);
    }

    void remove(Subscriber stream) {
        streams.remove(stream);
    }

    @Override
    public void before(List<Journal.Entry> entries) {
        serial.execute(() -> {
            try {
                for (Journal.Entry entry : entries) {
                    lastCome = Math.max(lastCome, topics.millis() - Math.max(0, topics.age(entry.time()) - MOST_SKEW));
                    Item item = item(entry);
                    if (item != null) sequencer.add(item, topics.millis());
                }
            } finally {
                ready = true;
                checkAll();
            }
        });
    }

    private void checkAll() {
        unready.forEach(SerialTask::runGuarded);
        unready.clear();
    }

    @Override
    public void came(List<Journal.Entry> entries, Runnable taken) {
        serial.execute(() -> {
            try {
                for (Journal.Entry entry : entries) {
                    lastCome = topics.millis();
                    Item item = item(entry);
                    if (item != null) sequencer.add(item, topics.millis()).forEach(this::deliver);
                }
            } catch (RuntimeException | Error e) {
                // Not everybody has been told, and nobody is to miss it in silence.
                unknown();
                throw e;
            } finally {
                wakeForWaiting();
                taken.run();
            }
        });
    }

    private @Nullable Item item(Journal.Entry entry) {
        try {
            return Item.parse(entry.data());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, () -> "An item is not understood and left out topic=" + name, e);
            return null;
        }
    }

    private void deliver(Item item) {
        deliver(new TopicEvent(name, item));
    }

    private void deliver(TopicEvent event) {
        topics.release(event);
        if (!streams.isEmpty()) topics.write(List.copyOf(streams), event);
    }

    private void wakeForWaiting() {
        if (alarm != null) alarm.cancel();
        alarm = null;
        long next = sequencer.nextTick();
        if (next == Sequencer.NEVER) return;
        alarm = topics.after(Math.max(1, next - topics.millis()), () -> serial.execute(this::tick));
    }

    private void tick() {
        sequencer.tick(topics.millis()).forEach(this::deliver);
        wakeForWaiting();
    }

    @Override
    public void missed() {
        serial.execute(this::unknown);
    }

    /** Whoever is held cannot be told what there is: the backend must be asked. */
    private void unknown() {
        // Whom a member that goes down lets go is let go in its own time.
        if (!topics.areDraining()) deliver(new TopicEvent(name, null));
    }

    @Override
    public void over() {
        serial.execute(() -> {
            over = true;
            // Whoever joins from now on is given another that is followed.
            topics.lost(this);
            checkAll();
            unknown();
        });
    }
}
