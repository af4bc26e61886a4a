// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import io.holdfast.client.channel.ChannelNames;
import io.holdfast.client.channel.FollowPlan;
import io.holdfast.client.channel.Follower;
import io.holdfast.client.http.Activities;
import io.holdfast.client.http.Transport;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Channels to follow, and how to follow them; {@link #start} begins. Made by {@link Holdfast#follow}. */
public final class Follow {
    private static final Duration LEAST_HOLD = Duration.ofSeconds(1);
    private static final int MOST_EVENTS = 1000;
    private static final int LEAST_BYTES = 1024;

    private final ChannelNames channels;
    private final Activities activities;
    private By by = By.LONG_POLL;
    private @Nullable String after;
    private Duration hold = Duration.ofSeconds(30);
    private Duration silence = Duration.ofSeconds(60);
    private int mostEvents = 100;
    private int mostBytes = Transport.LONGEST;
    private @Nullable Duration patience;

    Follow(List<String> channels, Activities activities) {
        this.channels = new ChannelNames(channels);
        this.activities = activities;
    }

    /**
     * Begins after this cursor.
     *
     * @param cursor from {@link Following#cursor} or {@link Listener#reached}; {@code "earliest"} for all events that are kept; null, the
     *     default, for events from now on
     */
    public Follow after(@Nullable String cursor) {
        if (cursor != null && cursor.isBlank()) throw new IllegalArgumentException("A cursor must not be blank.");
        after = cursor;
        return this;
    }

    /** Follows in this way; {@link By#LONG_POLL} unless given. */
    public Follow by(By way) {
        by = way;
        return this;
    }

    /** Asks the server to hold a poll for that time, in whole seconds; 30 s unless given. The client waits 10 s longer for the answer. */
    public Follow hold(Duration time) {
        if (time.compareTo(LEAST_HOLD) < 0) throw new IllegalArgumentException("A hold must be 1 s or longer.");
        hold = time;
        return this;
    }

    /** Takes a stream for broken after that time of silence; 60 s unless given. It must exceed the server's heartbeat interval. */
    public Follow silence(Duration time) {
        if (time.isNegative() || time.isZero())
            throw new IllegalArgumentException("The silence of a stream must be longer than zero.");
        silence = time;
        return this;
    }

    /** Sets the most events of one answer to a poll, 1 to 1000; 100 unless given. */
    public Follow answersOf(int events) {
        if (events < 1 || events > MOST_EVENTS)
            throw new IllegalArgumentException("An answer must have 1 to " + MOST_EVENTS + " events.");
        mostEvents = events;
        return this;
    }

    /**
     * Sets the most bytes of one answer, or of one event of a stream; 16 MiB unless given, 1024 at least. After a longer answer the client
     * asks for fewer events. A single event that is longer ends the follower with a {@link RefusedException}.
     */
    public Follow longest(int bytes) {
        if (bytes < LEAST_BYTES) throw new IllegalArgumentException("At least " + LEAST_BYTES + " bytes are needed.");
        mostBytes = bytes;
        return this;
    }

    /** Ends the follower with a {@link GaveUpException} after that time without success. Unless given, it retries for ever. */
    public Follow giveUpAfter(Duration time) {
        patience = time;
        return this;
    }

    /**
     * Begins.
     *
     * @throws IllegalArgumentException if the client's addresses are worker ports
     * @throws IllegalStateException if the client is closed
     */
    public Following start(Listener listener) {
        FollowPlan.Times times = new FollowPlan.Times(hold, silence, patience);
        FollowPlan.Limits limits = new FollowPlan.Limits(mostEvents, mostBytes);
        FollowPlan plan = new FollowPlan(channels, by, after, times, limits);
        return activities.start(new Follower(plan, activities.addresses().copy(), activities.transport(), listener));
    }
}
