// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.channel.core.Journal;
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
 * A topic on which requests are held at this member. This member follows it from before the first hold until some time after the last. So
 * its items arrive in order and once, wherever they were published.
 */
final class Topic implements Journal.Follower {
    private static final Logger LOG = System.getLogger(Topic.class.getName());

    /** By how many milliseconds the clocks of members may differ. */
    private static final long MOST_SKEW = 2_000;

    final String name;
    private final Topics topics;
    private final SerialQueue serial;
    private final Set<Subscriber> streams = ConcurrentHashMap.newKeySet();

    // Used by the tasks of the serial queue only.
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

    /** Receives all items of a topic, in order. */
    interface Subscriber {
        /** Takes note of an event. Must be quick. */
        void add(TopicEvent event);

        /** Acts on the events that it took note of. */
        void pump();
    }

    /** Receives, once, the state of the topic that a held request is compared with. */
    interface Check {
        /**
         * The topic knows this now.
         *
         * @param lastId the id of the last item; null if it has none or is not known
         * @param lastCome when the last item may have come at the latest, by {@link Topics#millis}; far back if there is none
         */
        void with(@Nullable String lastId, long lastCome);
    }

    /** Runs the check as soon as the newest item is known. Later items reach every request that was held before this call. */
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
    public void onHistory(List<Journal.Entry> entries) {
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
    public void onEntries(List<Journal.Entry> entries, Runnable taken) {
        serial.execute(() -> {
            try {
                for (Journal.Entry entry : entries) {
                    lastCome = topics.millis();
                    Item item = item(entry);
                    if (item != null) sequencer.add(item, topics.millis()).forEach(this::deliver);
                }
            } catch (RuntimeException | Error e) {
                // Some holds may not have the item: they must ask their backends.
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
    public void onGap() {
        serial.execute(this::unknown);
    }

    /** Tells all holds that they may have missed an item, so that they ask their backends. */
    private void unknown() {
        // A member that is going down ends its holds at its own pace.
        if (!topics.areDraining()) deliver(new TopicEvent(name, null));
    }

    @Override
    public void onStopped() {
        serial.execute(() -> {
            over = true;
            // A later join makes a new topic, which is followed.
            topics.lost(this);
            checkAll();
            unknown();
        });
    }
}
