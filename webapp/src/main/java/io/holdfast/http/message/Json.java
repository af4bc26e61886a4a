// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import io.holdfast.time.OutOfMemory;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** JSON-B as the server or the archive provides it; one for the process, closed with it. */
public final class Json implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Json.class.getName());

    private final Jsonb jsonb = JsonbBuilder.create(new JsonbConfig().withSerializers(new Problem.Document()));

    /** The value as JSON text; a map, a list or a public record. */
    public String text(Object value) {
        return jsonb.toJson(value);
    }

    /** The value as an answer; a map, a list or a public record. */
    public OwnResponse answer(int status, Object value) {
        return OwnResponse.json(status, text(value));
    }

    /** The problem as an answer. */
    public OwnResponse answer(Problem problem) {
        OwnResponse plain = answer(problem.status(), (Object) problem);
        return new OwnResponse(plain.status(), "application/problem+json", plain.headers(), plain.body());
    }

    /** A problem that may soon be over; the delay spreads the return of clients that are refused together. */
    public OwnResponse later(Problem problem) {
        int seconds = 1 + ThreadLocalRandom.current().nextInt(3);
        return answer(problem).with("Retry-After", Integer.toString(seconds));
    }

    /** The refusal's problem and headers as an answer. */
    public OwnResponse answer(Refusal refusal) {
        OwnResponse plain = answer(refusal.problem());
        return new OwnResponse(plain.status(), plain.contentType(), refusal.headers(), plain.body());
    }

    /** The answer while no more requests can be held. */
    public OwnResponse full() {
        return later(Problem.of(503, "This member holds as many requests as it may, or is going down; try again."));
    }

    /** The failure of a request as an answer; the room gives the answer for its own exception. */
    public <R extends Throwable> OwnResponse failed(Throwable thrown, Class<R> own, Function<R, OwnResponse> answer) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (OutOfMemory.note(cause))
            return answer(Problem.of(503, "This member has run out of memory.").and("outcome", "unknown"));
        if (cause instanceof OutOfMemory.Elsewhere)
            return answer(
                    Problem.of(503, "Another member has run out of memory.").and("outcome", "unknown"));
        if (cause instanceof Refusal refusal) return answer(refusal);
        if (cause instanceof IOException) return answer(Problem.brokenBody());
        if (own.isInstance(cause)) return answer.apply(own.cast(cause));
        LOG.log(Level.ERROR, "A request failed", cause);
        return answer(Problem.of(500, "The server failed; its log says how."));
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
