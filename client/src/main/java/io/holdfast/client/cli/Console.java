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
 * The streams and variables of a command.
 *
 * @param in standard input
 * @param out standard output, for results
 * @param err standard error, for all else
 * @param environment the variables
 */
record Console(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
    static final int OK = 0;
    static final int GAVE_UP = 1;
    static final int REFUSED = 2;

    /** Prints a line of a result; false if standard output is closed. */
    boolean print(String line) {
        out.println(line);
        return !out.checkError();
    }

    /** Reports a failure before its retry, unless standard output is closed. */
    void trouble(Trouble trouble) {
        if (out.checkError()) return;
        double seconds = trouble.pause().toMillis() / 1000.0;
        err.println(Lines.safe(
                String.format(Locale.ROOT, "%s: %s (again in %.1f s)", trouble.at(), trouble.what(), seconds)));
    }

    /** Waits for a result, and uses it; the exit code. */
    <T extends @Nullable Object> int await(CompletionStage<T> stage, Consumer<? super T> use)
            throws InterruptedException {
        try {
            use.accept(stage.toCompletableFuture().get());
            return OK;
        } catch (ExecutionException e) {
            return failed(e.getCause());
        }
    }

    /** Reports the failure that ended the command; the exit code. */
    private int failed(@Nullable Throwable cause) {
        if (cause instanceof RefusedException) return refuse("Refused: " + cause.getMessage());
        boolean gaveUp = cause instanceof GaveUpException;
        err.println(Lines.safe("Gave up: " + (cause != null && gaveUp ? cause.getMessage() : cause)));
        return GAVE_UP;
    }

    /** Reports wrong usage, or a refusal; the exit code. */
    int refuse(String sentence) {
        err.println(Lines.safe(sentence));
        return REFUSED;
    }
}
