// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.flow.Failure.Kind;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The failure of a request after several attempts, as its client learns it. */
class AttemptsTest {
    /** After these an origin may have begun the request. */
    private static final Set<Kind> BEGUN = EnumSet.of(Kind.DIED, Kind.MALFORMED, Kind.SILENT);

    private static Attempts attempts() {
        Attempts attempts = new Attempts(null, 3, Set.of(Kind.DIED));
        attempts.begin();
        return attempts;
    }

    private static Failure failure(Kind kind) {
        return new Failure(kind, "it was " + kind);
    }

    /** Every failure of an attempt, among them that of a worker that had the request and gave it back. */
    static Stream<Failure> firsts() {
        return Stream.concat(
                Stream.of(Kind.values()).map(AttemptsTest::failure),
                Stream.of(failure(Kind.DECLINED).afterBegin()));
    }

    @ParameterizedTest
    @MethodSource("firsts")
    void noLaterFailureHidesThatAnOriginMayHaveBegun(Failure first) {
        for (Kind later : Kind.values()) {
            Attempts attempts = attempts();
            attempts.mayRetry(first);
            Failure told = attempts.told(failure(later));

            boolean begun = first.mayHaveBegun() || BEGUN.contains(later);
            assertEquals(begun, told.mayHaveBegun(), later::toString);
            assertEquals(later, told.kind());
            assertEquals("it was " + later, told.detail());
        }
    }

    @Test
    void onlyAnOriginThatHadTheRequestMayHaveBegun() {
        for (Kind kind : Kind.values())
            assertEquals(BEGUN.contains(kind), failure(kind).mayHaveBegun(), kind::toString);
        assertTrue(failure(Kind.DECLINED).afterBegin().mayHaveBegun());
    }

    @Test
    void aRequestThatWasGivenBackGoesToTheNextOriginAndDoesNotCount() {
        Attempts attempts = attempts();
        for (int i = 0; i < 9; i++) {
            assertTrue(attempts.mayRetry(failure(Kind.DECLINED).afterBegin()));
            attempts.begin();
        }
        assertTrue(attempts.mayRetry(failure(Kind.DIED)));
        assertFalse(attempts.mayRetry(failure(Kind.SILENT)));
    }
}
