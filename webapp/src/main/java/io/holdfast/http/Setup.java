// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.server.Server;
import jakarta.servlet.http.HttpServletRequest;

/** The parts that every request is served with. */
record Setup(Server server, WaitLimits waits, Backlog backlog, TrustedProxies proxies, CrossOrigin crossOrigin) {

    /** Whether the sender of this request may speak for others. */
    boolean trusts(HttpServletRequest request) {
        // Where the server has put another address in place of the sender's, that is perhaps what the client wants it
        // to be.
        return !server.isOnBehalf(request) && proxies.trust(request.getRemoteAddr());
    }
}
