// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.lang.System.Logger.Level;

/**
 * Receives the events of a follower, one call at a time. It may block, which slows its own follower only.
 *
 * <p>If {@link #event}, {@link #gap} or {@link #reached} throws, the cursor stays. After a pause that grows with each failure the follower
 * gives again what was not taken, without end. A listener that wants to skip an event must return normally.
 */
@FunctionalInterface
public interface Listener {

    /** Takes an event. It counts as taken when this method returns. */
    void event(Event event) throws Exception;

    /** Receives notice that events may have been missed. Those that are kept follow. */
    default void gap(Gap gap) throws Exception {}

    /**
     * Receives the cursor up to which every event was taken: store it for {@link Follow#after} of the next process. If several channels
     * are polled, the cursor moves only after all events of an answer were taken.
     */
    default void reached(String cursor) throws Exception {}

    /** Receives a failure before its retry. Logged unless overridden. A failure of this method is logged too. */
    default void trouble(Trouble trouble) {
        System.getLogger(Listener.class.getName()).log(Level.WARNING, () -> trouble.line("Follower"));
    }
}
