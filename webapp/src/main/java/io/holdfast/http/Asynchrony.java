// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Whether the server lets requests be held. Filters and valves in front of Holdfast may forbid it, and the Servlet API shows that with a
 * request only. It does not change while the application is deployed.
 */
final class Asynchrony {
    private static final Logger LOG = System.getLogger(Asynchrony.class.getName());
    private static final String REASON = "a filter or valve in front of Holdfast forbids asynchronous requests: "
            + "set async-supported of the filter, or asyncSupported of the valve, to true";

    private final AtomicBoolean isForbidden = new AtomicBoolean();

    /** Notes whether this request may be held, and logs the first one that may not. */
    void note(HttpServletRequest request) {
        if (request.isAsyncSupported() || isForbidden.getAndSet(true)) return;
        String filters = request.getServletContext().getFilterRegistrations().values().stream()
                .map(Asynchrony::named)
                .sorted()
                .collect(Collectors.joining(", "));
        LOG.log(
                Level.ERROR,
                () -> "No request can be held here: " + REASON + " path=" + request.getRequestURI() + " filters="
                        + (filters.isEmpty() ? "none of this application" : filters));
    }

    private static String named(FilterRegistration filter) {
        return filter.getName() + " (" + filter.getClassName() + ")";
    }

    /** Refuses a request that may not be held, before anything of it was performed. */
    static void require(HttpServletRequest request) {
        if (!request.isAsyncSupported())
            throw new Refusal(Problem.of(503, "No request can be held here: " + REASON + ".")
                    .and("outcome", "none"));
    }

    /** Why requests cannot be held, as far as requests have shown. */
    Optional<String> obstacle() {
        return isForbidden.get() ? Optional.of(REASON) : Optional.empty();
    }
}
