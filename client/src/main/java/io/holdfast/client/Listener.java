// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.lang.System.Logger.Level;

/**
 * What a follower tells, one call at a time, never two at once. It may block: a slow listener slows its follower and nobody else.
 *
 * <p>If {@link #event}, {@link #gap} or {@link #reached} throws, the cursor stays where it was, and after a pause that grows with each
 * failure what was not taken is given again, without end; a listener that wants to skip an event returns normally.
 */
@FunctionalInterface
public interface Listener {

    /** Takes an event. It counts as taken when this returns. */
    void event(Event event) throws Exception;

    /** Takes note that events may have been missed; those that are kept follow. */
    default void gap(Gap gap) throws Exception {}

    /**
     * Everything up to this cursor was taken: what to store, for {@link Follow#after} of the next process. Of several channels that are
     * polled, the cursor moves only when all events of an answer were taken.
     */
    default void reached(String cursor) throws Exception {}

    /** Takes note of a failure that is followed by a further try. Logged unless overridden; what this throws is logged too. */
    default void trouble(Trouble trouble) {
        System.getLogger(Listener.class.getName()).log(Level.WARNING, () -> trouble.line("Follower"));
    }
}
