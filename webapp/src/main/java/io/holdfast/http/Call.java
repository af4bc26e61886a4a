// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One request that a {@link Handler} serves: its parameters, checked as they are read, and the two ways to respond. */
public final class Call {
    private static final Pattern PREFER_WAIT =
            Pattern.compile("(?:^|[,;])\\s*wait\\s*=\\s*\"?(\\d{1,9})\"?\\s*(?=[,;]|$)");

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Map<String, String> names;
    private final Waits waits;
    private final boolean withBody;
    private final Query query;
    private @Nullable HeldResponse held;

    Call(
            HttpServletRequest request,
            HttpServletResponse response,
            Map<String, String> names,
            Waits waits,
            boolean withBody) {
        this.request = request;
        this.response = response;
        this.names = names;
        this.waits = waits;
        this.withBody = withBody;
        this.query = new Query(request);
    }

    /** What stands in the path where the route has {@code {name}}; a name of 1 to 128 characters {@code A-Z a-z 0-9 . _ ~ -}. */
    public String name(String name) {
        return names.getOrDefault(name, "");
    }

    /** The query parameter as a 64-bit integer; empty when it is not there. */
    public OptionalLong integer(String parameter) {
        Optional<String> value = query.value(parameter);
        if (value.isEmpty()) return OptionalLong.empty();
        try {
            return OptionalLong.of(Long.parseLong(value.get()));
        } catch (NumberFormatException e) {
            throw new Refusal(Problem.badValue(parameter, "an integer of 64 bits", value.get()));
        }
    }

    /**
     * How long this request may be held: the query parameter {@code wait} or {@code Prefer: wait=N} (RFC 7240), in seconds, or
     * else the given default; never more than the configured cap. Zero means not at all.
     */
    public Duration wait(Duration otherwise) {
        OptionalLong asked = integer("wait");
        if (asked.isPresent()) {
            if (asked.getAsLong() < 0)
                throw new Refusal(Problem.badValue("wait", "0 or more seconds", Long.toString(asked.getAsLong())));
            return waits.granted(seconds(asked.getAsLong()));
        }
        Optional<Duration> preferred = preferredWait();
        if (preferred.isEmpty()) return waits.granted(otherwise);
        Duration granted = waits.granted(preferred.get());
        response.setHeader("Preference-Applied", "wait=" + granted.toSeconds());
        return granted;
    }

    private Duration seconds(long asked) {
        return Duration.ofSeconds(Math.min(asked, waits.cap().toSeconds() + 1));
    }

    private Optional<Duration> preferredWait() {
        String prefer = request.getHeader("Prefer");
        if (prefer == null) return Optional.empty();
        Matcher matcher = PREFER_WAIT.matcher(prefer);
        return matcher.find() ? Optional.of(seconds(Long.parseLong(matcher.group(1)))) : Optional.empty();
    }

    /** Reads a body that means nothing here; more than so many bytes are refused with 413. */
    public void ignoreBody(int most) throws IOException {
        if (request.getContentLengthLong() > most || !endsWithin(most)) {
            String rule = "at most " + most + " bytes";
            throw new Refusal(Problem.of(413, "body must be " + rule + ".")
                    .and("field", "body")
                    .and("rule", rule)
                    .and(
                            "value",
                            request.getContentLengthLong() < 0 ? "more" : request.getContentLengthLong() + " bytes"));
        }
    }

    private boolean endsWithin(int most) throws IOException {
        boolean bodiless = request.getContentLengthLong() <= 0 && request.getHeader("Transfer-Encoding") == null;
        return bodiless || request.getInputStream().readNBytes(most + 1).length <= most;
    }

    /** Answers now. */
    public void answer(Answer answer) throws IOException {
        answer.writeTo(response, withBody);
    }

    /** Answers in place of a handler that failed, whether it holds already or not. */
    void answerFailure(Answer answer) throws IOException {
        if (held != null) held.answer(answer);
        else if (!response.isCommitted()) answer(answer);
    }

    /** Keeps the response open for an answer within that time, give or take the container's grace. */
    public HeldResponse hold(Duration atMost) {
        HeldResponse holding = HeldResponse.of(request, atMost.plus(waits.grace()), withBody);
        held = holding;
        return holding;
    }

    /** The wait with its jitter, for the deadline of a hold. */
    public Duration spread(Duration wait) {
        return waits.spread(wait);
    }

    /** Whether this is a {@code HEAD}: the headers of a {@code GET} that does not wait. */
    public boolean isHead() {
        return !withBody;
    }
}
