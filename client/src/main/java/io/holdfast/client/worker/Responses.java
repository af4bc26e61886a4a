// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.worker;

import io.holdfast.client.WorkResponse;
import io.holdfast.client.http.Json;
import io.holdfast.client.http.Wording;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;

/** Rules of responses, and the responses of a worker that has none of its handler. */
final class Responses {
    /** The request has had no effect. */
    static final String NONE = "none";

    /** The request may have had an effect. */
    static final String UNKNOWN = "unknown";

    private Responses() {}

    /** Whether the response to a request of that method has a body. */
    static boolean hasBody(WorkResponse response, String method) {
        return response.length() != 0 && mayHaveBody(response.status(), method);
    }

    /** Whether a response of that status to a request of that method may have a body (RFC 9110, section 6.4.1). */
    static boolean mayHaveBody(int status, String method) {
        return !method.equals("HEAD") && status != 204 && status != 304;
    }

    /**
     * A problem document (RFC 9457).
     *
     * @param outcome {@link #NONE} or {@link #UNKNOWN}
     */
    static WorkResponse problem(int status, String detail, String outcome) {
        return problem(status, members(status, detail).add("outcome", outcome));
    }

    /** The refusal of a request for one of its values, 400. */
    static WorkResponse badValue(String field, String rule, String value) {
        String shown = Wording.printable(value);
        JsonObjectBuilder members = members(400, field + " must be " + rule + ", not '" + shown + "'.");
        return problem(400, members.add("field", field).add("rule", rule).add("value", shown));
    }

    private static JsonObjectBuilder members(int status, String detail) {
        return Json.PROVIDER
                .createObjectBuilder()
                .add("type", "about:blank")
                .add("status", status)
                .add("detail", detail);
    }

    private static WorkResponse problem(int status, JsonObjectBuilder members) {
        return WorkResponse.of(
                status, "application/problem+json", members.build().toString());
    }

    /** The failure of a response whose body could not be read to its end. After a cancellation, that is not the application's fault. */
    static IOException brokenOff(Exception failure, Cancellation cancellation) {
        if (cancellation.isCancelled()) return new IOException(Cancellation.REASON, failure);
        return new IOException("The application broke off its response: " + Wording.of(failure), failure);
    }
}
