// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import java.util.Map;

/** Thrown by a handler to answer with a problem; carries no stack trace, because it reports a request and not a fault. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;
    private final transient Map<String, String> headers;

    public Refusal(Problem problem) {
        this(problem, Map.of());
    }

    /** A refusal that says more in headers. */
    public Refusal(Problem problem, Map<String, String> headers) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
        this.headers = headers;
    }

    Map<String, String> headers() {
        return headers;
    }

    /** What to answer. */
    public Problem problem() {
        return problem;
    }
}
