// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

/**
 * Writes the outcome of a waiter. Called exactly once, with no lock held.
 *
 * @param <S> the state of the waiter's key
 */
@FunctionalInterface
public interface Sink<S> {

    /** Takes the outcome; false if the client was found to be gone, so that the ending counts as {@link Ending#GONE}. */
    boolean end(Outcome<S> outcome);
}
