// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.concurrent;

/** Something awaited has made no progress for too long. */
public final class StalledException extends Exception {
    private static final long serialVersionUID = 1;

    public StalledException() {
        super("No progress for too long");
    }
}
