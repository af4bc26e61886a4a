// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import io.holdfast.client.GaveUpException;
import io.holdfast.client.RefusedException;
import io.holdfast.client.Trouble;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
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

    /** Prints a line of what was asked for; false if nobody reads any more. */
    boolean print(String line) {
        out.println(line);
        return !out.checkError();
    }

    /** Says what went wrong and is tried again, as long as somebody reads. */
    void trouble(Trouble trouble) {
        if (out.checkError()) return;
        double seconds = trouble.pause().toMillis() / 1000.0;
        err.println(Lines.safe(
                String.format(Locale.ROOT, "%s: %s (again in %.1f s)", trouble.at(), trouble.what(), seconds)));
    }

    /** Waits for what was asked for, and uses it; the exit code. */
    <T extends @Nullable Object> int await(CompletionStage<T> stage, Consumer<? super T> use)
            throws InterruptedException {
        try {
            use.accept(stage.toCompletableFuture().get());
            return OK;
        } catch (ExecutionException e) {
            return failed(e.getCause());
        }
    }

    /** Says how it ended badly. */
    private int failed(@Nullable Throwable cause) {
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
