// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.http.BodySource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/** The body of a response whose first window comes unasked. */
final class Taken implements BodySource {
    private final IntConsumer more;
    private final AtomicBoolean begun = new AtomicBoolean();

    Taken(IntConsumer more) {
        this.more = more;
    }

    @Override
    public void request(long bytes) {
        if (begun.getAndSet(true)) more.accept((int) bytes);
    }

    @Override
    public void cancel() {
        // Its ticket is cancelled.
    }
}
