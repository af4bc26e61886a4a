// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which form a reader gets. */
class AcceptedTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/event-stream | SSE",
                "TEXT/Event-Stream;q=0.001 | SSE",
                "application/x-ndjson, text/event-stream | SSE",
                "application/json, text/event-stream | SSE",
                "text/html, application/x-ndjson ; q=0.5 | LINES",
                "text/event-stream;q=0.5, application/x-ndjson | LINES",
                "text/event-stream; q=0, application/x-ndjson | LINES",
                "text/event-stream;q=0 | JSON",
                "text/event-stream;v=1;q=0.000 | JSON",
                "text/event-stream;q=0.5, application/json | JSON",
                "text/event-streams | JSON",
                "x/text/event-stream | JSON",
                "*/* | JSON",
                "text/* | JSON",
                "text/event-stream;q=nonsense | SSE",
                ", | JSON",
                "'' | JSON"
            })
    void theFormIsThePreferredOne(String header, Accepted form) {
        assertEquals(form, Accepted.of(header));
    }
}
