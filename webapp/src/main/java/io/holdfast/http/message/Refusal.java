// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

/** Thrown by a handler to answer with a problem; carries no stack trace, because it reports a request and not a fault. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;
    private final transient Headers headers;

    public Refusal(Problem problem) {
        this(problem, Headers.NONE);
    }

    /** A refusal with headers of its own. */
    public Refusal(Problem problem, Headers headers) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
        this.headers = headers;
    }

    /** The same refusal with one more member of its problem. */
    public Refusal and(String member, Object value) {
        return new Refusal(problem.and(member, value), headers);
    }

    Headers headers() {
        return headers;
    }

    /** The problem to answer with. */
    public Problem problem() {
        return problem;
    }
}
