// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.RequestHead;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** Requests for another protocol on their connection, such as WebSocket. Neither backends nor workers get that protocol. */
public final class Upgrades {
    /** Other forms of the same request. A server may go on as if they were not offered (RFC 9110, 7.8), and many clients offer them. */
    private static final Set<String> SAME_REQUEST = Set.of("h2c", "h2", "http", "tls");

    private static final String UPGRADE = "Upgrade", RULE = "left out, or an offer of HTTP/2 or TLS";

    private Upgrades() {}

    /** Refuses a request for another protocol: passed on without its {@code Upgrade}, it would be another request. */
    public static void refuse(RequestHead head) {
        for (String value : head.headers().all(UPGRADE))
            for (String protocol : value.split(",", -1)) if (isOther(protocol.strip())) throw refusal(value);
    }

    private static boolean isOther(String protocol) {
        return !protocol.isEmpty() && !SAME_REQUEST.contains(protocol.split("/", 2)[0].toLowerCase(Locale.ROOT));
    }

    private static Refusal refusal(String value) {
        String shown = Problem.shown(value),
                hint = isWebSocket(value) ? " WebSocket is planned, and not there yet." : "";
        return new Refusal(
                Problem.of(501, UPGRADE + " must be " + RULE + ", not '" + shown + "'." + hint)
                        .and("field", UPGRADE)
                        .and("rule", RULE)
                        .and("value", shown)
                        .and("outcome", "none"),
                Headers.of("Connection", "close"));
    }

    private static boolean isWebSocket(String value) {
        return Arrays.stream(value.split(",")).anyMatch(each -> each.strip().equalsIgnoreCase("websocket"));
    }
}
