// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;

/** Failures in words, where the JDK has none or few. */
final class Phrase {
    private Phrase() {}

    static String of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause())
            if (cause instanceof UnresolvedAddressException) return "The host is not known.";
        if (failure instanceof HttpConnectTimeoutException) return "Nobody answers at the address.";
        if (failure instanceof ConnectException) return "There is no connection.";
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : Printable.cut(message);
    }

    static String of(Head head, byte[] body) {
        return "HTTP " + head.status()
                + Wire.problem(body).map(detail -> ": " + detail).orElse("");
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
