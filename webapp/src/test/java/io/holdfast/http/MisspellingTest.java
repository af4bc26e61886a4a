// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that are nearly right. */
class MisspellingTest {
    private static final List<String> KNOWN = List.of("after", "wait", "type", "id", "must-exist", "lastEventId");

    @ParameterizedTest
    @CsvSource({
        "wiat, wait",
        "awit, wait",
        "wati, wait",
        "wai, wait",
        "ait, wait",
        "waitt, wait",
        "wwait, wait",
        "waist, wait",
        "wAit, wait",
        "tpye, type",
        "must_exist, must-exist",
        "lastEventI, lastEventId",
        "lastEventld, lastEventId"
    })
    void oneEditIsAMisspelling(String name, String meant) {
        assertEquals(Optional.of(meant), Misspelling.meant(name, KNOWN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wait",
                "after",
                "id",
                "ids",
                "i",
                "it",
                "",
                "_",
                "WAIT",
                "wtia",
                "iwta",
                "waiting",
                "tiaw",
                "utm_source"
            })
    void aKnownShortOrDistantNameIsNoMisspelling(String name) {
        assertEquals(Optional.empty(), Misspelling.meant(name, KNOWN));
    }
}
