// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Race;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ClosingReferenceTest {
    private final List<String> closed = new ArrayList<>();
    private final ClosingReference<String> reference = new ClosingReference<>(closed::add);

    @Test
    void closingItClosesWhatItRefersTo() {
        boolean kept = reference.set("timer");

        assertEquals("timer", reference.get());
        assertTrue(reference.close());
        assertTrue(kept);
        assertTrue(reference.isClosed());
        assertNull(reference.get());
        assertEquals(List.of("timer"), closed);
    }

    @Test
    void aValueThatComesTooLateIsClosedAtOnce() {
        reference.close();

        assertFalse(reference.set("timer"));

        assertNull(reference.get());
        assertEquals(List.of("timer"), closed);
    }

    @Test
    void itClosesOnce() {
        reference.set("timer");

        assertTrue(reference.close());
        assertFalse(reference.close());

        assertEquals(List.of("timer"), closed);
    }

    @Test
    void aValueThatIsReplacedIsForgottenAndNotClosed() {
        reference.set("first");
        reference.set("second");
        reference.close();

        assertEquals(List.of("second"), closed);
    }

    @Test
    void aValueThatIsTakenOutIsNotClosed() {
        reference.set("timer");

        assertEquals("timer", reference.take());
        assertNull(reference.take());
        assertTrue(reference.close());

        assertEquals(List.of(), closed);
    }

    @Test
    void takingFromAClosedReferenceDoesNotOpenIt() {
        reference.close();

        assertNull(reference.take());

        assertTrue(reference.isClosed());
    }

    @Test
    void itIsClosedBeforeItsValueIsClosed() {
        List<Boolean> seen = new ArrayList<>();
        AtomicInteger closings = new AtomicInteger();
        List<ClosingReference<String>> own = new ArrayList<>();
        own.add(new ClosingReference<>(value -> {
            seen.add(own.get(0).isClosed());
            seen.add(own.get(0).close());
            closings.incrementAndGet();
        }));
        own.get(0).set("timer");

        own.get(0).close();

        assertEquals(List.of(true, false), seen);
        assertEquals(1, closings.get());
    }

    /** Race: two endings against a value that is being set; one ending wins, and the value is closed once. */
    @Test
    void oneEndingWinsAndTheValueIsClosedOnce() throws Exception {
        int most = 50_000;
        AtomicInteger closings = new AtomicInteger(), wins = new AtomicInteger();
        List<ClosingReference<String>> current = new ArrayList<>();
        Race.Party ending = round -> {
            if (current.get(0).close()) wins.incrementAndGet();
        };

        Race.run(
                most,
                round -> {
                    closings.set(0);
                    wins.set(0);
                    current.clear();
                    current.add(new ClosingReference<>(value -> closings.incrementAndGet()));
                },
                round -> assertEquals(List.of(1, 1), List.of(wins.get(), closings.get())),
                List.of(ending, ending, round -> current.get(0).set("timer")));
    }
}
