// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;

/** Nothing came of a body for too long, or too little, although it was requested. */
public final class StalledException extends Exception {
    private static final String NOTHING_MORE = "Nothing more of the body arrived in time.";
    private static final long serialVersionUID = 1;

    private final transient Refusal refusal;

    StalledException() {
        this(NOTHING_MORE, Problem.of(408, NOTHING_MORE));
    }

    private StalledException(String message, Problem problem) {
        super(message, null, false, false);
        this.refusal = new Refusal(problem);
    }

    /** The body came more slowly than by this rule. */
    static StalledException tooSlow(String rule) {
        String message = "body must come " + rule + ".";
        return new StalledException(
                message,
                Problem.of(408, message).and("field", "body").and("rule", rule).and("value", "less"));
    }

    /** The answer to its sender. */
    public Refusal refusal() {
        return refusal;
    }
}
