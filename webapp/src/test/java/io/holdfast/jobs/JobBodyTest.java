// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.http.message.Json;
import io.holdfast.http.message.JsonInput;
import io.holdfast.jobs.JobResource.JobBody;
import io.holdfast.jobs.JobResource.JobsBody;
import io.holdfast.testing.JsonCases;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON that describes jobs. */
class JobBodyTest {
    private static final Json JSON = new Json();
    private static final String BRIEF =
            "{\"id\":\"i\",\"queue\":\"q\",\"state\":\"queued\",\"version\":1,\"created\":\"c\",\"updated\":\"u\",\"attempts\":0}";

    @AfterAll
    static void close() {
        JSON.close();
    }

    private static JobBody body(@Nullable JsonValue progress) {
        return new JobBody("i", "q", "queued", 1, "c", "u", 0, null, null, null, null, null, progress);
    }

    @Test
    void membersHaveTheirOrderAndAreAbsentIfThereIsNoValue() {
        JobBody whole = new JobBody(
                "i", "q", "dead", 9, "c", "u", 3, 2, 5L, "why", 503, "/r", JsonInput.value("{\"percent\":40}"));

        assertEquals(BRIEF, JSON.text(body(null)));
        assertEquals(
                "{\"id\":\"i\",\"queue\":\"q\",\"state\":\"dead\",\"version\":9,\"created\":\"c\",\"updated\":\"u\",\"attempts\":3,"
                        + "\"position\":2,\"estimated\":5,\"detail\":\"why\",\"status\":503,\"result\":\"/r\","
                        + "\"progress\":{\"percent\":40}}",
                JSON.text(whole));
        assertEquals(
                "{\"jobs\":[" + BRIEF + "],\"next\":\"1-i\"}", JSON.text(new JobsBody(List.of(body(null)), "1-i")));
        assertEquals("{\"jobs\":[]}", JSON.text(new JobsBody(List.of(), null)));
    }

    static Stream<JsonCases.Case> text() {
        return JsonCases.all().filter(each -> each.kind() != JsonCases.Kind.NOT_UTF_8);
    }

    @ParameterizedTest
    @MethodSource("text")
    void progressIsShownAsItsWorkerMeantIt(JsonCases.Case each) {
        JsonValue progress = Progress.value(Progress.json(each.bytes()));

        String text = JSON.text(body(progress));

        JsonValue expected = each.kind() == JsonCases.Kind.NOT_JSON
                ? JsonInput.JSON.createValue(new String(each.bytes(), UTF_8).strip())
                : progress;
        try (JsonReader reader = JsonInput.JSON.createReader(new StringReader(text))) {
            assertEquals(expected, reader.readObject().get("progress"));
        }
    }
}
