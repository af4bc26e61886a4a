// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;

/** JSON-B as the server or the archive provides it; one for the process, closed with it. */
public final class Json implements AutoCloseable {
    private final Jsonb jsonb = JsonbBuilder.create();

    /** The value as an answer; a map, a list or a public record. */
    public Answer answer(int status, Object value) {
        return Answer.json(status, jsonb.toJson(value));
    }

    /** The problem as an answer. */
    public Answer answer(Problem problem) {
        Answer plain = answer(problem.status(), problem.document());
        return new Answer(plain.status(), "application/problem+json", plain.headers(), plain.body());
    }

    @Override
    public void close() {
        try {
            jsonb.close();
        } catch (Exception e) {
            throw new IllegalStateException("JSON-B did not close", e);
        }
    }
}
