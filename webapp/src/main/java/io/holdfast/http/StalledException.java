// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.pace.Pace;

/** Nothing came of a body for too long, or too little, although it was requested. */
public final class StalledException extends Exception {
    private static final String NOTHING_MORE = "Nothing more of the body arrived in time.";
    private static final long serialVersionUID = 1;

    private final transient Refusal refusal;

    StalledException() {
        this(NOTHING_MORE, new Refusal(Problem.of(408, NOTHING_MORE)));
    }

    private StalledException(String message, Refusal refusal) {
        super(message, null, false, false);
        this.refusal = refusal;
    }

    /** A body that comes at so many bytes a second, which is too slow. */
    static StalledException tooSlow(Pace pace, long cameAt) {
        String rule = pace.rule(), message = "body must come " + rule + ".";
        return new StalledException(
                message,
                new Refusal(Problem.of(408, message)
                        .and("field", "body")
                        .and("rule", rule)
                        .and("value", cameAt + " bytes a second")));
    }

    /** The answer to its sender. */
    public Refusal refusal() {
        return refusal;
    }
}
