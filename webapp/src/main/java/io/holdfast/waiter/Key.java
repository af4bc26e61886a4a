// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.waiter;

import org.jspecify.annotations.Nullable;

/**
 * The key that a waiter waits for: a name within a room.
 *
 * @param room the room that keeps the state, such as {@code counter}
 * @param name the name within that room
 * @param <S> the state that the key moves through, as the room hands it to its waiters
 */
@SuppressWarnings("UnusedTypeParameter") // it ties the waiters of a key to the states of that key
public record Key<S>(String room, String name) {

    // Written out, because the JDK's own equality of records keeps a reference, for the whole JVM, to the class that
    // last used it. The
    // class would keep the class loader of an application that may have ended.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Key<?> key && key.room.equals(room) && key.name.equals(name);
    }

    @Override
    public int hashCode() {
        return 31 * room.hashCode() + name.hashCode();
    }
}
