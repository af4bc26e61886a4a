// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.concurrent;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Refers to what an owner has under way: a timer, a wait, a connection. Closing the reference, which happens once and for all,
 * closes that; what is set later is closed at once. So nothing outlives an owner that ends while it is being made.
 *
 * <p>The reference can be the owner's one door: the caller for whom {@link #close()} returns true has ended it.
 *
 * @param <T> what is under way
 */
public final class ClosingReference<T> {
    private static final Object CLOSED = new Object();

    @SuppressWarnings("rawtypes") // there is no class of a generic type
    private static final AtomicReferenceFieldUpdater<ClosingReference, @Nullable Object> VALUE =
            AtomicReferenceFieldUpdater.newUpdater(ClosingReference.class, Object.class, "value");

    private final Consumer<? super T> closer;
    private volatile @Nullable Object value;

    /** An open reference to nothing; the closer closes what it refers to, at most once per call of {@link #set}. */
    public ClosingReference(Consumer<? super T> closer) {
        this.closer = closer;
    }

    /**
     * Refers to this from now on, or closes it if the reference is closed. The value before is forgotten, not closed.
     *
     * @return false if this was closed
     */
    public boolean set(T next) {
        // Race: an owner that ends against this value. If the owner is first, this call finds the reference closed;
        // otherwise the owner finds the value.
        if (VALUE.getAndUpdate(this, before -> before == CLOSED ? CLOSED : next) != CLOSED) return true;
        closer.accept(next);
        return false;
    }

    /** Refers to nothing, without closing anything; null if there was nothing, or the reference is closed. */
    public @Nullable T take() {
        return open(VALUE.getAndUpdate(this, before -> before == CLOSED ? CLOSED : null));
    }

    /** The value; null if there is none, or the reference is closed. */
    public @Nullable T get() {
        return open(value);
    }

    /** Closes the reference and what it refers to; false if it was closed before. */
    public boolean close() {
        Object before = VALUE.getAndSet(this, CLOSED);
        T last = open(before);
        if (last != null) closer.accept(last);
        return before != CLOSED;
    }

    /** Whether the reference is closed. */
    public boolean isClosed() {
        return value == CLOSED;
    }

    @SuppressWarnings("unchecked") // all but CLOSED was given to set()
    private @Nullable T open(@Nullable Object found) {
        return found == CLOSED ? null : (T) found;
    }
}
