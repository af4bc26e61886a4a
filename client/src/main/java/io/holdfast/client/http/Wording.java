// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;

/** Failures in words, for messages: where the JDK has few or none, and where the text comes from elsewhere. */
public final class Wording {
    private static final int LONGEST = 200;

    private Wording() {}

    public static String of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause())
            if (cause instanceof UnresolvedAddressException) return "The host is unknown.";
        if (failure instanceof HttpConnectTimeoutException) return "The host does not answer.";
        if (failure instanceof ConnectException) return "There is no connection.";
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : printable(message);
    }

    /** The status of an answer, and the sentence of its problem document if it has one. */
    public static String of(ResponseHead head, byte[] body) {
        return "HTTP " + head.status()
                + Json.problem(body).map(detail -> ": " + detail).orElse("");
    }

    public static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }

    /** Text from elsewhere: cut to 200 characters, with each control character replaced. */
    public static String printable(String text) {
        String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
        return cut.replaceAll("\\p{Cntrl}", "?");
    }
}
