// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferencesTest {

    @ParameterizedTest
    @CsvSource({
        "/x/y, http://a.example:80/x/y",
        "g, http://a.example:80/b/c/g",
        "g?y=1, http://a.example:80/b/c/g?y=1",
        "./g, http://a.example:80/b/c/g",
        "../g, http://a.example:80/b/g",
        "?y=1, http://a.example:80/b/c/d?y=1",
        "'', http://a.example:80/b/c/d?q",
        "//b.example/g, http://b.example/g",
        "https://b.example/g?y, https://b.example/g?y",
        "mailto:x, mailto:x"
    })
    void aReferenceIsRelativeToItsPlace(String reference, String meant) {
        assertEquals(
                meant,
                References.resolve(URI.create("http://a.example:80/b/c/d?q"), URI.create(reference))
                        .toString());
    }
}
