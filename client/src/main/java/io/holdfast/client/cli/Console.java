// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import io.holdfast.client.GaveUpException;
import io.holdfast.client.RefusedException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a command reads from and writes to.
 *
 * @param in standard input
 * @param out for what was asked for
 * @param err for all else
 * @param environment the variables
 */
record Console(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
    static final int OK = 0;
    static final int GAVE_UP = 1;
    static final int REFUSED = 2;

    /** Says how it ended badly. */
    int failed(@Nullable Throwable cause) {
        if (cause instanceof RefusedException) return refuse("Refused: " + cause.getMessage());
        boolean gaveUp = cause instanceof GaveUpException;
        err.println(Lines.safe("Gave up: " + (cause != null && gaveUp ? cause.getMessage() : cause)));
        return GAVE_UP;
    }

    /** Says what is wrong. */
    int refuse(String sentence) {
        err.println(Lines.safe(sentence));
        return REFUSED;
    }
}
