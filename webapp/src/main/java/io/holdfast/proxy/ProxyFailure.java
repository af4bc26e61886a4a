// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.http.RequestHead;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Problem;
import java.util.Locale;

/** The proxy's own answers instead of a backend's response. Each shows whether a backend may have performed the request. */
final class ProxyFailure {
    /** The outcome as a header, beside texts of Pushpin that have no place for it. */
    private static final String HEADER = "Holdfast-Outcome";

    private static final int BAD_GATEWAY = 502, SERVER_ERROR = 500;

    private ProxyFailure() {}

    /** The word for the outcome. */
    static String outcome(boolean mayHaveBegun) {
        return mayHaveBegun ? "unknown" : "none";
    }

    /**
     * An answer of that status. A 502 has the words of Pushpin as a text, unless its client asks for JSON by name.
     *
     * @param mayHaveBegun whether a byte of the request was sent to a backend
     */
    static OwnResponse answer(Json json, RequestHead head, int status, String text, boolean mayHaveBegun) {
        if (status < SERVER_ERROR) return OwnResponse.text(status, text + "\n");
        String outcome = outcome(mayHaveBegun);
        OwnResponse answer = status == BAD_GATEWAY && !asksForJson(head)
                ? OwnResponse.text(status, text + "\n")
                : json.answer(Problem.of(status, text).and("outcome", outcome));
        return answer.with(HEADER, outcome);
    }

    private static boolean asksForJson(RequestHead head) {
        return head.header("Accept").orElse("").toLowerCase(Locale.ROOT).contains("json");
    }
}
