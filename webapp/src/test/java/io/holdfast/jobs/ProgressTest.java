// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A job can be shown, however odd its worker's report is. */
class ProgressTest {
    private static final int DEEP = 1_000;

    private static JsonValue shown(String report) {
        return Objects.requireNonNull(Progress.value(Progress.json(report.getBytes(UTF_8))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"percent\":40}", " [1,2] ", "\"half\"", "7", "1e400", "null", "true"})
    void aJsonReportIsShownUnchanged(String report) {
        assertEquals(report.strip(), new String(Progress.json(report.getBytes(UTF_8)), UTF_8));
        shown(report);
    }

    static String[] odd() {
        return new String[] {
            "",
            "half done",
            "{\"a\":",
            "{}x",
            "[".repeat(DEEP),
            "[".repeat(DEEP) + "]".repeat(DEEP),
            "{\"a\":".repeat(DEEP) + "1" + "}".repeat(DEEP),
            "9".repeat(5_000),
            "[0." + "1".repeat(5_000) + "]"
        };
    }

    @ParameterizedTest
    @MethodSource("odd")
    void anInvalidOrHugeReportIsShownAsAString(String report) {
        assertEquals(report, ((JsonString) shown(report)).getString());
    }
}
