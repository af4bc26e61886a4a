// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.io.IOException;
import java.time.Duration;

/** Nothing can be had at an address for now. */
final class Setback extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Duration atLeast;
    private final boolean trouble;

    private Setback(String message, Duration atLeast, boolean trouble) {
        super(message);
        this.atLeast = atLeast;
        this.trouble = trouble;
    }

    /** Something is wrong, and it is asked again after that time, and some more. */
    static Setback trouble(String message, Duration atLeast) {
        return new Setback(message, atLeast, true);
    }

    /** Nothing is wrong, but another address is to be asked. */
    static Setback draining() {
        return new Setback("It did not hold the request.", Duration.ZERO, false);
    }

    Duration atLeast() {
        return atLeast;
    }

    boolean isTrouble() {
        return trouble;
    }
}
