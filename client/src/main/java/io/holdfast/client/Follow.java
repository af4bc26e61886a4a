// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to be followed, until {@link #start}. */
public final class Follow {
    private static final Duration LEAST_HOLD = Duration.ofSeconds(1);
    private static final int MOST_ANSWERS = 1000;
    private static final int LEAST_LONGEST = 1024;

    /** How a follower begins. */
    @FunctionalInterface
    interface Starter {
        Following start(Plan plan, Listener listener);
    }

    private final List<String> channels;
    private final Starter starter;
    private By by = By.LONG_POLL;
    private @Nullable String after;
    private Duration hold = Duration.ofSeconds(30);
    private Duration silence = Duration.ofSeconds(60);
    private int answers = 100;
    private int longest = Connection.LONGEST;
    private @Nullable Duration patience;

    Follow(List<String> channels, Starter starter) {
        this.channels = Addresses.channels(channels);
        this.starter = starter;
    }

    /** Begins after this cursor; {@code "earliest"} is before all that is kept. Null, the default: with what is published from now on. */
    public Follow after(@Nullable String cursor) {
        if (cursor != null && cursor.isBlank()) throw new IllegalArgumentException("A cursor must not be blank.");
        after = cursor;
        return this;
    }

    /** Long poll, the default, or a stream. */
    public Follow by(By way) {
        by = way;
        return this;
    }

    /** How long the server is asked to hold a request, in whole seconds; 30 s unless given. Requests are waited for a little longer. */
    public Follow hold(Duration time) {
        if (time.compareTo(LEAST_HOLD) < 0) throw new IllegalArgumentException("A hold must be 1 s or longer.");
        hold = time;
        return this;
    }

    /** How long a stream may be silent before it counts as broken; 60 s unless given. Longer than the server's heartbeat. */
    public Follow silence(Duration time) {
        if (time.isNegative() || time.isZero())
            throw new IllegalArgumentException("A silence must be longer than nothing.");
        silence = time;
        return this;
    }

    /** How many events one answer to a poll may have, 1 to 1000; 100 unless given. */
    public Follow answersOf(int events) {
        if (events < 1 || events > MOST_ANSWERS)
            throw new IllegalArgumentException("An answer must have 1 to " + MOST_ANSWERS + " events.");
        answers = events;
        return this;
    }

    /**
     * How many bytes an answer, or an event of a stream, may have; 16 MiB unless given. A longer answer is asked for in smaller ones; a
     * single event that is longer ends the follower with a {@link RefusedException}.
     */
    public Follow longest(int bytes) {
        if (bytes < LEAST_LONGEST)
            throw new IllegalArgumentException("At least " + LEAST_LONGEST + " bytes are needed.");
        longest = bytes;
        return this;
    }

    /** Ends with a {@link GaveUpException} when nothing worked for so long; without, it is tried for ever. */
    public Follow giveUpAfter(Duration time) {
        patience = time;
        return this;
    }

    /** Begins. */
    public Following start(Listener listener) {
        Plan plan = new Plan(channels, by, after, hold, silence, answers, longest, patience);
        return starter.start(plan, listener);
    }
}
