// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A stretch of time that is part of a test, such as how long a member stays frozen. It is never a guess that something is done. */
final class Pause {
    private Pause() {}

    static void of(Duration duration) {
        try {
            if (new CountDownLatch(1).await(duration.toMillis(), TimeUnit.MILLISECONDS)) throw new AssertionError();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
