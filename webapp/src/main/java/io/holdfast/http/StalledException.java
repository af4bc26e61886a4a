// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;

/** Nothing came of a body for too long, although it was requested. */
public final class StalledException extends Exception {
    private static final long serialVersionUID = 1;

    StalledException() {
        super("Nothing more of the body arrived in time.", null, false, false);
    }

    /** The answer to its sender. */
    public Refusal refusal() {
        return new Refusal(Problem.of(408, "Nothing more of the body arrived in time."));
    }
}
