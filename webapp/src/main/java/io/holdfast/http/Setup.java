// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.departure.Departures;
import io.holdfast.departure.Watched;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Response;
import io.holdfast.http.server.Server;
import io.holdfast.pace.Pace;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/** The parts that every request is served with. */
record Setup(
        Server server,
        WaitLimits waits,
        Backlog backlog,
        TrustedProxies proxies,
        CrossOrigin crossOrigin,
        Json json,
        @Nullable Departures departures,
        Pace pace) {
    /** The status line, and the headers that a server adds. */
    private static final int BESIDE = 256;

    private static final int AROUND_VALUE = ": \r\n".length();

    /** Whether the sender of this request may speak for others. */
    boolean trusts(HttpServletRequest request) {
        // Where the server has put another address in place of the sender's, that is perhaps what the client wants it
        // to be.
        return !server.isOnBehalf(request) && proxies.trust(request.getRemoteAddr());
    }

    /** Watches the connection of this request, which must not be answered yet; null if it has no address, or nothing is watched. */
    @Nullable
    Watched watch(HttpServletRequest request, Runnable whenLeft) {
        Departures watching = departures;
        String address = request.getRemoteAddr();
        if (watching == null || address == null) return null;
        int remote = request.getRemotePort(), local = request.getLocalPort();
        return TrustedProxies.literal(address)
                .map(from -> watching.watch(from, remote, local, whenLeft))
                .orElse(null);
    }

    /** The answer to a client that has closed its side and may still read. */
    OwnResponse halfClosed() {
        return json.answer(Problem.of(
                        400, "The client has closed its side of the connection, and was taken for one that has left.")
                .and("field", "connection")
                .and("rule", "open in both directions until the response comes, or hold.half-closed=keep")
                .and("value", "half-closed")
                .and("outcome", "unknown"));
    }

    /** How long the headers are that are set already, such as those for pages of other origins, in bytes. */
    static int headersOf(HttpServletResponse response) {
        int length = 0;
        for (String name : response.getHeaderNames())
            for (String value : response.getHeaders(name)) length += name.length() + value.length() + AROUND_VALUE;
        return length;
    }

    /** How long a head of this response may become, in bytes, with those headers that are set already. */
    static int headOf(Response response, int set) {
        int length = BESIDE + set;
        for (Header header : response.allHeaders())
            length += header.name().length() + header.value().length() + AROUND_VALUE;
        return length;
    }

    /** The answer instead of one whose head is longer than the server sends. */
    OwnResponse headTooLong(Response response, int set, int most) {
        String rule = "at most " + most + " bytes, which is the limit of the server",
                value = headOf(response, set) + " bytes";
        // A response that is passed on is the fault of its backend or worker, which has performed the request.
        boolean isPassed = response instanceof PassedResponse;
        Problem problem = Problem.of(isPassed ? 502 : 500, "The head of the response must be " + rule + ".")
                .and("field", "head")
                .and("rule", rule)
                .and("value", value);
        return json.answer(isPassed ? problem.and("outcome", "unknown") : problem);
    }
}
